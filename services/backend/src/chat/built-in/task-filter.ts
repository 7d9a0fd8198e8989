// A question about tasks as a filter: "high priority #work tasks without a date", "what I finished last week". Each reader
// takes the words it knows out of the sentence; what is left over is not guessed at: the caller searches or asks.
import { isolated } from '@todo/contracts/text';
import type { TaskList } from '../../lists/lists.ts';
import type { ParseContext } from '../../quick-add/local-now.ts';
import { readPastSpan } from './past-span.ts';
import { readSpan } from './time-span.ts';
import type { TimeSpan } from './time-span.ts';

/** Which tasks. A filter that is left out holds for all. */
export interface TaskFilter {
  readonly done?: boolean;
  readonly overdue?: boolean;
  readonly undated?: boolean;
  readonly repeating?: boolean;
  readonly priority?: string;
  readonly tag?: string;
  readonly list?: Pick<TaskList, 'id' | 'name'>;
  /** Days of the due, of done tasks those of their completion. */
  readonly span?: Omit<TimeSpan, 'rest'>;
}

/** A question, as far as it was understood. */
export interface ReadFilter {
  readonly filter: TaskFilter;
  /** Words that name no filter. */
  readonly unread: string;
}

type Writable = { -readonly [K in keyof TaskFilter]: TaskFilter[K] };

/** Words that carry no meaning of their own in a question about tasks. */
const FILLER = new Set(
  `my me the a an of are is on in to do does due have has had been got get i i've ive i'm im that which with there any anything
  everything something all every each still left open pending remaining active current currently task tasks todo todos to-do
  to-dos item items list agenda plate planned scheduled coming up upcoming next now for about called named should need must
  please and did was were when where what what's whats who it them these those thing things stuff ones one most very total
  number lot much so far just only already able be by at ? we you can yet happening mention mentions mentioning contain contains`.split(
    /\s+/,
  ),
);

/** A word of the sentence, and the filter it sets. */
const SIMPLE: readonly (readonly [RegExp, (filter: Writable, word: string) => void])[] = [
  [
    /(?:\b(?:tagged|with(?:\s+the)?\s+tag|tag)\s+#?|#)([\p{L}\p{N}_/-]+)/iu,
    (filter, tag) => (filter.tag = tag),
  ],
  [
    /\b(high|medium|low)(?:[\s-]+(?:priority|prio))/i,
    (filter, word) => (filter.priority = word.toLowerCase()),
  ],
  [/\b(?:most\s+)?(?:urgent|important)\b/i, (filter) => (filter.priority = 'high')],
  [
    /\b(?:(?:without|with\s+no|have\s+no|has\s+no|having\s+no|no|don['’]?t\s+have|missing|lacking)\s+(?:an?\s+|any\s+)?(?:due\s+)?(?:dates?|deadlines?|due)|undated|unscheduled|(?:not|aren['’]?t|isn['’]?t)\s+(?:yet\s+)?(?:scheduled|dated|planned))\b/i,
    (filter) => (filter.undated = true),
  ],
  [/\b(?:repeats?|repeating|repeated|recurring|recurs?)\b/i, (filter) => (filter.repeating = true)],
  [
    /\b(?:not|un|aren['’]?t|isn['’]?t)[\s-]*(?:yet\s+)?(?:done|completed?|finished)\b|\bincomplete\b/i,
    (filter) => (filter.done = false),
  ],
  [/\b(?:did|have)\s+i\s+(?:do|done|get\s+done|got\s+done)\b/i, (filter) => (filter.done = true)],
  [
    /\b(?:done|completed?|finish(?:ed)?|closed|accomplish(?:ed)?|achieved?|tick(?:ed)?\s+off)\b/i,
    (filter) => (filter.done = true),
  ],
  [
    /\b(?:overdue|late|past\s+due|missed|behind(?:\s+(?:on|with))?)\b/i,
    (filter) => (filter.overdue = true),
  ],
];

/**
 * Reads a question.
 * @param lists the person's, to know a name when it is said
 * @param before of what an earlier question was, when this one goes on from it
 */
export function readFilter(
  words: string,
  context: ParseContext,
  lists: readonly TaskList[],
  before: TaskFilter = {},
): ReadFilter {
  let rest = words.replace(/[’]/g, "'");
  const filter: Writable = {};
  for (const [pattern, set] of SIMPLE) {
    const match = pattern.exec(rest);
    if (!match) continue;
    set(filter, match[1] ?? '');
    rest = without(rest, match);
  }
  const named = listIn(rest, lists);
  if (named) {
    filter.list = { id: named.list.id, name: named.list.name };
    rest = without(rest, named.match);
  }
  const span =
    filter.done === true || before.done === true
      ? readPastSpan(rest, context)
      : readSpan(rest, context);
  if (span) {
    const { rest: left, ...days } = span;
    filter.span = days;
    rest = left;
  }
  const unread = rest
    .split(/\s+/)
    .map((word) => word.replace(/^[.,;:!?()]+|[.,;:!?()]+$/g, ''))
    .filter((word) => word !== '' && !FILLER.has(word.toLowerCase()));
  return { filter, unread: unread.join(' ') };
}

/** The filter in words that follow "2 tasks": `in Work, due this week`. */
export function labelOf(filter: TaskFilter): string {
  const done = filter.done === true;
  return [
    filter.tag === undefined ? '' : `tagged #${isolated(filter.tag)}`,
    filter.priority === undefined ? '' : `with ${filter.priority} priority`,
    filter.list ? `in ${isolated(filter.list.name)}` : '',
    filter.undated ? 'without a date' : '',
    filter.repeating ? 'that repeat' : '',
    done ? (filter.span ? `done ${filter.span.label}` : 'that are done') : '',
    filter.overdue ? 'that are overdue' : '',
    !done && filter.span ? `due ${filter.span.label}` : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** True when the filter leaves nothing out. */
export function isEmpty(filter: TaskFilter): boolean {
  return Object.values(filter).every((value) => value === undefined || value === false);
}

/** A list that is named in the words: the longest name. */
export function listIn(
  words: string,
  lists: readonly TaskList[],
): { list: TaskList; match: RegExpExecArray } | undefined {
  const found = [...lists]
    .sort((a, b) => b.name.length - a.name.length)
    .flatMap((list) => {
      const name = list.name.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      const match = new RegExp(
        `(?<=^|[^\\p{L}\\p{N}])(?:(?:in|on|from|of|to|into)\\s+)?(?:the\\s+|my\\s+)?(?:list\\s+)?${name}(?:\\s+list)?(?=$|[^\\p{L}\\p{N}])`,
        'iu',
      ).exec(words);
      return match ? [{ list, match }] : [];
    });
  return found[0];
}

function without(text: string, { index, 0: piece }: RegExpExecArray): string {
  return `${text.slice(0, index)} ${text.slice(index + piece.length)}`;
}
