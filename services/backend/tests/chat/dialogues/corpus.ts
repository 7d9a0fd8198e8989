// The dialogues as data: what a person says, turn by turn, and what must come of it. A file is a kind; `aside` was written
// last and is not used for tuning. world.yaml is what every person begins with.
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const titles = z.array(z.string());

/** A new task; `due`, `list` and `repeat` that are left out must be empty, unless `may` names them. */
const added = z.strictObject({
  title: z.string(),
  due: z.string().optional(),
  list: z.string().optional(),
  priority: z.string().optional(),
  repeat: z.string().optional(),
});

/** Fields that change, and to what; `none` for empty. */
const changed = z.strictObject({
  title: z.string().optional(),
  due: z.string().optional(),
  list: z.string().optional(),
  priority: z.string().optional(),
  repeat: z.string().optional(),
  tags: titles.optional(),
});

/** One thing said, and the right answer. A turn that states nothing is not judged. */
const turn = z.strictObject({
  say: z.string(),
  /** The effect on tasks and lists: exactly this. By title, whatever its case. */
  adds: z.array(added).optional(),
  changes: z.record(z.string(), changed).optional(),
  completes: z.union([titles, z.number()]).optional(),
  reopens: z.union([titles, z.number()]).optional(),
  deletes: z.union([titles, z.number()]).optional(),
  restores: titles.optional(),
  makes: titles.optional(),
  /** Tasks that the answer shows: exactly these, and perhaps those of `may`. */
  shows: titles.optional(),
  may: titles.optional(),
  /** Numbers and words that the answer's text has. */
  says: z.array(z.union([z.string(), z.number()])).optional(),
  outcome: z.enum(['answered', 'asked', 'declined']).optional(),
  /** Tasks of the change that waits for a yes, or how many. */
  confirms: z.union([titles, z.number()]).optional(),
  /** Asking is right too, when nothing is changed. */
  orAsks: z.boolean().optional(),
  orDeclines: z.boolean().optional(),
  /** Changing nothing is right too. */
  orNothing: z.boolean().optional(),
  orShows: titles.optional(),
});
/** See {@link turn}. */
export type DialogueTurn = z.output<typeof turn>;

const file = z.array(z.union([turn.transform((one) => [one]), z.array(turn).min(1)]));

const world = z.strictObject({
  lists: titles,
  tasks: z.array(
    z.strictObject({
      title: z.string(),
      due: z.string().optional(),
      list: z.string().optional(),
      priority: z.string().optional(),
      tags: titles.optional(),
      repeat: z.string().optional(),
      /** When it was completed, local time. */
      done: z.string().optional(),
    }),
  ),
});
/** What every person begins with. */
export type World = z.output<typeof world>;

/** A dialogue of the corpus. */
export interface Dialogue {
  /** `follow-ups 12`: the file and its place there. */
  readonly name: string;
  readonly kind: string;
  readonly turns: readonly DialogueTurn[];
}

/** The dialogues that are not used for tuning. */
export const ASIDE = 'aside';

const FOLDER = new URL('./', import.meta.url);

/** All dialogues, by kind. @throws Error naming the file and the field of one that is not as it should be */
export function readDialogues(): Dialogue[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.yaml') && name !== 'world.yaml')
    .sort()
    .flatMap((name) => {
      const kind = name.replace('.yaml', '');
      const read = file.safeParse(parse(readFileSync(new URL(name, FOLDER), 'utf8')));
      if (!read.success) throw new Error(`${name}: ${z.prettifyError(read.error)}`);
      return read.data.map((turns, index) => ({ name: `${kind} ${index + 1}`, kind, turns }));
    });
}

/** What every person begins with. */
export function readWorld(): World {
  return world.parse(parse(readFileSync(new URL('world.yaml', FOLDER), 'utf8')));
}
