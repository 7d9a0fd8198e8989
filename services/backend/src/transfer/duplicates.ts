// What is to become of an entry that is a task already: for all of a file, and for single entries by their number.
import { invalidInput } from '@todo/contracts/problem';

/** Skip it, add a second task, or merge it into the task. */
export const DUPLICATES = ['skip', 'add', 'merge'] as const;
/** See {@link DUPLICATES}. */
export type Duplicates = (typeof DUPLICATES)[number];

/** What was chosen. */
export interface DuplicateChoice {
  /** For an entry by its number, from 1. */
  readonly of: (entry: number) => Duplicates;
  /** Tasks that are equal in content count too, not only what an earlier import added or an export named. */
  readonly byContent: boolean;
  /** The choice in words, to compare a repetition with. */
  readonly asked: string;
}

/**
 * Reads a choice.
 * @param choices single entries: `3=add,7-9=merge`; later ones win
 * @throws Problem 400 naming `choices`
 */
export function duplicateChoice(
  all: Duplicates,
  choices: string | undefined,
  match: 'id' | 'content',
): DuplicateChoice {
  const ranges = (choices ?? '')
    .split(',')
    .filter(Boolean)
    .map((text) => {
      const found = /^(\d{1,6})(?:-(\d{1,6}))?=(skip|add|merge)$/.exec(text.trim());
      if (!found)
        throw invalidInput([
          {
            field: 'choices',
            message: `expected numbers of entries such as 3=add,7-9=merge, found ${JSON.stringify(text.slice(0, 40))}`,
          },
        ]);
      const [, from = '', to = from, choice] = found;
      return { from: Number(from), to: Number(to), choice: choice as Duplicates };
    });
  return {
    of: (entry) => ranges.findLast(({ from, to }) => entry >= from && entry <= to)?.choice ?? all,
    byContent: match === 'content',
    // what an import without further choices was called before there were any
    asked: ranges.length === 0 && match === 'id' ? all : [all, choices ?? '', match].join(' '),
  };
}
