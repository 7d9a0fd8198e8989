// Whether an answer is the right one: by its effect on tasks and lists, what it shows and says, and whether it answered,
// asked, or said that it can't. An answer that is not right but only asked or declined is honest; any other is wrong.
import type { Answer } from '../chat-under-test.ts';
import type { DialogueTurn } from './corpus.ts';
import type { Effect, Fields } from './person.ts';

/** `meant`: the right answer. `honest`: not it, but nothing was done and nothing stated. `wrong`: anything else. */
export type Verdict = 'meant' | 'honest' | 'wrong';

/** A verdict, and what was not right. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly faults: readonly string[];
}

/** What an answer that declines says. */
const DECLINES =
  /\bI (?:can['’]t|cannot|don['’]t|do not|did not|didn['’]t|am not sure|found no task)\b|nothing to undo|no question is waiting|nothing was changed/i;
const NUMBERS = 'no one two three four five six seven eight nine ten eleven twelve'.split(' ');

/** Judges one answer. */
export function judge(turn: DialogueTurn, answer: Answer, effect: Effect): Judgement {
  const nothing = faultsOfEffect({ say: '' }, effect).length === 0;
  const asked = answer.question !== undefined || answer.confirmation !== undefined;
  const shown = answer.cards
    .filter(({ readOnly }) => readOnly)
    .flatMap(({ tasks }) => tasks.map(({ title }) => title));
  const outcome = asked ? 'asked' : DECLINES.test(answer.text) && nothing ? 'declined' : 'answered';
  const declined = nothing && outcome !== 'answered' && shown.length === 0;

  if (turn.orAsks && nothing && asked) return { verdict: 'meant', faults: [] };
  if (turn.orDeclines && declined) return { verdict: 'meant', faults: [] };
  if (turn.orNothing && nothing) return { verdict: 'meant', faults: [] };
  if (turn.orShows && nothing && sameTitles(turn.orShows, shown, []))
    return { verdict: 'meant', faults: [] };

  const faults = [
    ...(answer.status === 200 && answer.notices.length === 0 ? [] : ['the turn stopped']),
    ...faultsOfEffect(turn, effect),
    ...faultsOfWords(turn, answer, shown),
    ...(turn.outcome === undefined ||
    turn.outcome === outcome ||
    (turn.outcome === 'declined' && declined)
      ? []
      : [`${outcome} instead of ${turn.outcome}`]),
  ];
  if (faults.length === 0) return { verdict: 'meant', faults };
  return { verdict: declined ? 'honest' : 'wrong', faults };
}

function faultsOfWords(turn: DialogueTurn, answer: Answer, shown: readonly string[]): string[] {
  const text = `${answer.text} ${answer.question?.text ?? ''} ${answer.confirmation?.text ?? ''}`;
  const faults: string[] = [];
  if (turn.shows && !sameTitles(turn.shows, shown, turn.may ?? []))
    faults.push(`shows ${shown.join(', ') || 'nothing'}`);
  for (const word of turn.says ?? []) if (!has(text, word)) faults.push(`does not say ${word}`);
  if (turn.confirms !== undefined) {
    const waits = answer.confirmation?.tasks.map(({ title }) => title) ?? [];
    if (!fits(turn.confirms, waits)) faults.push(`waits for ${waits.join(', ') || 'nothing'}`);
  }
  return faults;
}

function has(text: string, word: string | number): boolean {
  if (typeof word === 'string') return text.toLowerCase().includes(word.toLowerCase());
  return new RegExp(`\\b(?:${word}|${NUMBERS[word] ?? word})\\b`, 'i').test(text);
}

function faultsOfEffect(turn: DialogueTurn, effect: Effect): string[] {
  const faults: string[] = [];
  const check = (
    what: string,
    wanted: readonly string[] | number | undefined,
    got: readonly string[],
  ): void => {
    if (!fits(wanted ?? [], got)) faults.push(`${what} ${got.join(', ') || 'nothing'}`);
  };
  check('completes', turn.completes, effect.completed);
  check('reopens', turn.reopens, effect.reopened);
  check('deletes', turn.deletes, effect.removed);
  check('makes', turn.makes, effect.lists);
  check(
    'adds',
    [...(turn.adds ?? []).map(({ title }) => title), ...(turn.restores ?? [])],
    effect.added.map(({ title }) => title),
  );
  for (const wanted of turn.adds ?? []) {
    const got = effect.added.find(({ title }) => same(title, wanted.title));
    if (got) faults.push(...faultsOfAdded(wanted, got, turn.may ?? []));
  }
  const wanted = Object.entries(turn.changes ?? {});
  check(
    'changes',
    wanted.map(([title]) => title),
    [...effect.changed.keys()],
  );
  for (const [title, fields] of wanted) {
    const got = [...effect.changed].find(([name]) => same(name, title))?.[1];
    if (
      got &&
      fieldsText(got) !==
        fieldsText({ ...fields, ...(fields.tags ? { tags: fields.tags.join() } : {}) })
    )
      faults.push(`${title}: ${fieldsText(got)}`);
  }
  return faults;
}

function faultsOfAdded(
  wanted: NonNullable<DialogueTurn['adds']>[number],
  got: Fields,
  may: readonly string[],
): string[] {
  const fields = (['due', 'list', 'priority', 'repeat'] as const).filter((name) => {
    if (wanted[name] !== undefined) return got[name] !== wanted[name];
    const free = may.includes(name) || may.includes(got[name]) || (name === 'due' && wanted.repeat);
    return !free && got[name] !== 'none';
  });
  return fields.map((name) => `${got.title}: ${name} ${got[name]}`);
}

function fieldsText(fields: object): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name} ${String(value)}`)
    .sort()
    .join('; ')
    .toLowerCase();
}

function fits(wanted: readonly string[] | number, got: readonly string[]): boolean {
  return typeof wanted === 'number' ? got.length === wanted : sameTitles(wanted, got, []);
}

function sameTitles(
  wanted: readonly string[],
  got: readonly string[],
  may: readonly string[],
): boolean {
  const key = (text: string): string => text.toLowerCase();
  const all = new Set(got.map(key));
  const extra = new Set(may.map(key));
  return (
    new Set(wanted.map(key)).size === wanted.length &&
    wanted.every((title) => all.has(key(title))) &&
    [...all].every((title) => wanted.some((one) => key(one) === title) || extra.has(title))
  );
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
