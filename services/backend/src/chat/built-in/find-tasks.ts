// Which tasks a person means: by id, by "it", by "the second one", by "all my done tasks", or by words of the title. One task
// is taken only when it is the only one that fits; else the engine asks.
import { Problem } from '@todo/contracts/problem';
import { shortened } from '@todo/contracts/text';
import { z } from 'zod';
import type { ParseContext } from '../../quick-add/local-now.ts';
import { taskView } from '../../tools/task-view.ts';
import type { TaskView } from '../../tools/task-view.ts';
import type { Turn } from '../chat-engine.ts';
import type { Reference } from '../conversation.ts';
import { ORDINAL_WORDS } from './command.ts';
import { fetchTasks, wordsOf } from './fetch-tasks.ts';
import { readFilter } from './task-filter.ts';
import { isNear } from './typos.ts';

/** Tasks that one command may be about. */
export const MAX_TARGETS = 100;
/** Tasks that a question offers. */
const MAX_CANDIDATES = 9;
/** Words that are tried alone when no task has all of them. */
const MAX_WORDS_ALONE = 4;

/** What was found. */
export type Found =
  /** `several`: the person spoke of more than one. */
  | {
      readonly kind: 'these';
      readonly tasks: readonly Reference[];
      readonly several: boolean;
      readonly more: boolean;
    }
  | { readonly kind: 'which'; readonly candidates: readonly TaskView[]; readonly exact: boolean }
  /** "it", but nothing was talked of. */
  | { readonly kind: 'nothing-said' }
  | { readonly kind: 'none'; readonly words: string };

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const ONE =
  /^(?:it|that|this|that one|this one|(?:that|this|the) (?:task|todo|item)|the same(?: one)?|him|her)$/i;
const THEM =
  /^(?:them|these|those|both|they|all|all of (?:them|these|those)|them all|both of them|(?:all )?(?:these|those) (?:tasks|ones))$/i;
const ALL = /^(?:all|every|everything|each)\b/i;
const ORDINALS = [
  'first',
  'second',
  'third',
  'fourth',
  'fifth',
  'sixth',
  'seventh',
  'eighth',
  'ninth',
  'tenth',
];
/** Words that name no task. */
const EMPTY_WORDS = new Set([
  'as',
  'the',
  'a',
  'an',
  'my',
  'to',
  'one',
  'thing',
  'stuff',
  'some',
  'something',
  'of',
]);
const page = z.object({ tasks: z.array(taskView), nextCursor: z.string().nullable() });

/** Finds the tasks. @param status which are meant first; others count when none of these fits */
export async function findTasks(
  turn: Turn,
  target: string,
  status: 'open' | 'done' | 'either',
): Promise<Found> {
  const words = target
    .trim()
    .replace(/[.!?]+$/, '')
    .trim();
  const { memory } = turn;
  const ids = words.match(UUID);
  if (ids) return byIds(turn, ids);
  if (ONE.test(words)) {
    const said = memory.focus.length > 0 ? memory.focus : memory.shown;
    if (said.length === 0) return { kind: 'nothing-said' };
    if (said.length === 1) return these(said, false);
    return { kind: 'which', candidates: await viewsOf(turn, said), exact: true };
  }
  if (THEM.test(words)) {
    const said = memory.shown.length > 0 ? memory.shown : memory.focus;
    return said.length > 0 ? these(said, true) : { kind: 'nothing-said' };
  }
  if (ORDINAL_WORDS.test(words) || /^(?:the\s+)?first\s+(?:two|three|\d)$/i.test(words)) {
    const picked = pickOrdinals(words, memory.shown);
    if (picked.length > 0) return these(picked, picked.length > 1);
    if (memory.shown.length === 0) return { kind: 'nothing-said' };
  }
  if (ALL.test(words)) return await byDescription(turn, words);
  return await byWords(turn, words, status);
}

async function byIds(turn: Turn, ids: readonly string[]): Promise<Found> {
  const found = await viewsOf(
    turn,
    [...new Set(ids)].slice(0, MAX_TARGETS).map((id) => ({ id: id.toLowerCase(), title: '' })),
  );
  return found.length > 0 ? these(found, found.length > 1) : { kind: 'none', words: 'that id' };
}

async function byDescription(turn: Turn, words: string): Promise<Found> {
  const { context } = turn;
  const { filter, unread } = readFilter(
    words,
    parseContext(turn),
    await context.lists.all(context),
  );
  const { tasks, more } = await fetchTasks(turn, filter, unread);
  return tasks.length > 0
    ? {
        kind: 'these',
        tasks: tasks.slice(0, MAX_TARGETS),
        several: true,
        more: more || tasks.length > MAX_TARGETS,
      }
    : { kind: 'none', words };
}

async function byWords(
  turn: Turn,
  words: string,
  status: 'open' | 'done' | 'either',
): Promise<Found> {
  const quoted = /^["“](.+)["”]$/.exec(words)?.[1];
  const plain =
    quoted ??
    (words
      .replace(/^(?:(?:the|my|a|an|that|this)\s+)+/i, '')
      .replace(/^(?:task|todo|item)\s+(?:(?:called|named|about|titled)\s+)?/i, '')
      .replace(/\s+(?:task|todo|item|one)$/i, '')
      .trim() ||
      words);
  if (quoted === undefined && wordsOf(plain).every((word) => EMPTY_WORDS.has(word)))
    return { kind: 'nothing-said' };
  // who was asked "which one?" answers with a word of it
  const among =
    turn.memory.pending === null
      ? []
      : turn.memory.shown.filter(({ title }) => fold(title).includes(fold(plain)));
  if (among.length === 1) return these(among, false);
  for (const query of [plain, ...looser(plain)]) {
    const { tasks } = await look(turn, 'search_tasks', {
      query: shortened(query, 200),
      status: 'all',
      limit: 50,
    });
    const wanted = tasks.filter((task) => status === 'either' || task.status === status);
    const some = wanted.length > 0 ? wanted : tasks;
    const begun = some.filter((task) => beginsWords(task, query));
    const fitting = begun.length > 0 ? begun : some;
    if (fitting.length === 0) {
      const parts = query === plain ? await byParts(turn, plain, status) : undefined;
      if (parts) return parts;
      continue;
    }
    const exact = fitting.filter(({ title }) => fold(title) === fold(plain));
    if (exact.length === 1) return these(exact, false);
    // a word alone, out of several: worth a question, not a change
    if (fitting.length === 1 && query === plain) return these(fitting, false);
    const titled = fitting.filter(({ title }) => fold(title).includes(fold(query)));
    const candidates = (exact.length > 1 ? exact : titled.length > 0 ? titled : fitting).slice(
      0,
      MAX_CANDIDATES,
    );
    if (candidates.length === 1 && query === plain) return these(candidates, false);
    return { kind: 'which', candidates, exact: query === plain };
  }
  return (await bySimilar(turn, plain)) ?? { kind: 'none', words: plain };
}

/** "the slides and the invoice": several, when each part is one task. */
async function byParts(
  turn: Turn,
  words: string,
  status: 'open' | 'done' | 'either',
): Promise<Found | undefined> {
  const parts = words.split(/\s*(?:,|\band\b|&)\s*/i).filter((part) => part !== '');
  if (parts.length < 2 || parts.length > 10) return undefined;
  const tasks: Reference[] = [];
  for (const part of parts) {
    const found = await findTasks(turn, part, status);
    if (found.kind !== 'these' || found.tasks.length !== 1) return undefined;
    tasks.push(...found.tasks);
  }
  return these(tasks, true);
}

/** Tasks with a word that is one letter away: worth a question. */
async function bySimilar(turn: Turn, words: string): Promise<Found | undefined> {
  const wanted = wordsOf(words).filter((word) => word.length > 3);
  if (wanted.length === 0) return undefined;
  const { tasks } = await fetchTasks(turn, {});
  const candidates = tasks.filter(({ title }) => {
    const has = wordsOf(title);
    return wanted.every((word) => has.some((one) => one.startsWith(word) || isNear(one, word)));
  });
  return candidates.length === 0
    ? undefined
    : { kind: 'which', candidates: candidates.slice(0, MAX_CANDIDATES), exact: false };
}

/** True when each word of the query begins a word of the task: "as" is no word of "passport". */
function beginsWords(task: TaskView, query: string): boolean {
  const has = wordsOf(`${task.title} ${task.notes}`);
  return wordsOf(query).every((word) => has.some((one) => one.startsWith(word)));
}

function looser(words: string): string[] {
  const parts = words.split(' ').filter((word) => word.length > 3);
  return parts.length > 1
    ? parts.sort((a, b) => b.length - a.length).slice(0, MAX_WORDS_ALONE)
    : [];
}

/** The tasks that words such as "it" or "the second one" mean; undefined for other words, or where nothing was talked of. */
export function saidBefore(memory: Turn['memory'], target: string): Reference[] | undefined {
  const words = target.trim();
  const { focus, shown } = memory;
  const said = ONE.test(words)
    ? focus.length > 0
      ? focus
      : shown.slice(0, shown.length === 1 ? 1 : 0)
    : THEM.test(words)
      ? focus.length > 0
        ? focus
        : shown
      : ORDINAL_WORDS.test(words)
        ? pickOrdinals(words, shown)
        : [];
  return said.length === 0 ? undefined : [...said];
}

function pickOrdinals(words: string, shown: readonly Reference[]): Reference[] {
  const firsts = /^(?:the\s+)?first\s+(two|three|\d)$/i.exec(words)?.[1];
  if (firsts) return shown.slice(0, { two: 2, three: 3 }[firsts.toLowerCase()] ?? Number(firsts));
  const picked: Reference[] = [];
  for (const word of words.toLowerCase().match(/[a-z]+|\d+/g) ?? []) {
    const index = /^\d/.test(word)
      ? Number(word) - 1
      : word === 'last'
        ? shown.length - 1
        : ORDINALS.indexOf(word);
    const task = index >= 0 ? shown[index] : undefined;
    if (task && !picked.includes(task)) picked.push(task);
  }
  return picked;
}

async function viewsOf(turn: Turn, references: readonly Reference[]): Promise<TaskView[]> {
  const views: TaskView[] = [];
  for (const { id } of references) {
    try {
      views.push(
        z.object({ task: taskView }).parse(await turn.tools.look('get_task', { id })).task,
      );
    } catch (error) {
      if (!(error instanceof Problem && error.status === 404)) throw error;
      // deleted meanwhile, or not the person's: not there
    }
  }
  return views;
}

async function look(
  turn: Turn,
  tool: string,
  input: Readonly<Record<string, unknown>>,
): Promise<z.output<typeof page>> {
  return page.parse(await turn.tools.look(tool, input));
}

/** The moment and place of a turn, for reading dates. */
export function parseContext(turn: Turn): ParseContext {
  const { clock, zone, locale } = turn.context;
  return { now: clock(), zone, locale };
}

function these(tasks: readonly Reference[], several: boolean): Found {
  return { kind: 'these', tasks, several, more: false };
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase().trim();
}
