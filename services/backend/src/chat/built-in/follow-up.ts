// Sentences that mean something only after what was said before: "and friday?", "no, at 5", "same for the gift". They are read
// as the command that they stand for; nothing is done here.
import { findDates } from '../../quick-add/date-phrase.ts';
import type { ParseContext } from '../../quick-add/local-now.ts';
import type { TaskList } from '../../lists/lists.ts';
import { PRIORITY_WORDS } from '../conversation.ts';
import type { Memory } from '../conversation.ts';
import { readCommand } from './command.ts';
import type { Change, Command } from './command-shape.ts';
import { verbsOf } from './past-verbs.ts';
import { isEmpty, listIn, readFilter } from './task-filter.ts';

/** What a sentence may go on from, and where and when it is said. */
export interface Situation {
  readonly memory: Readonly<Memory>;
  readonly context: ParseContext;
  readonly lists: readonly TaskList[];
}

const CORRECTS =
  /^(?:(?:no|nope|nah|wait|sorry|thanks|thank\s+you|actually|oh|hmm+|hm|umm*|oops|well|rather|i\s+meant?|i\s+mean)\b[\s,.!:–—-]*)+/i;
const GOES_ON =
  /^(?:(?:and|what\s+about|how\s+about|only|just|but|also|same\s+for|the\s+same\s+for|the\s+same\s+with|same\s+with|now)\b[\s,]*)+/i;

/** The command that a sentence stands for after what was said; undefined when it stands for itself. */
export function readFollowUp(text: string, situation: Situation): Command | undefined {
  const plain = text
    .trim()
    .replace(/[\s.!?]+$/, '')
    .replace(/[\s,]*(?:please|instead|then)$/i, '');
  return again(plain, situation) ?? correction(plain, situation) ?? goingOn(plain, situation);
}

/** "which ones?", "show them", "how many are left?": the last question in another way. */
function again(plain: string, { memory }: Situation): Command | undefined {
  if (memory.asked === null) return undefined;
  const words = memory.asked.words.join('\n');
  const counted = memory.recent === 'question' && memory.asked.mode === 'count';
  if (
    counted &&
    /^(?:(?:and\s+)?(?:which|what)(?:\s+(?:ones?|are\s+they|is\s+it|are\s+those))|which|show(?:\s+me)?\s+(?:them|it|those)|list\s+(?:them|those)|what\s+are\s+they|what\s+is\s+it)(?:\s+are\s+they)?$/i.test(
      plain,
    )
  )
    return { kind: 'list', words, mode: 'show' };
  return /^(?:(?:and\s+|so\s+)?how\s+many)\s+(?:are|is|do\s+i\s+have)\s*(?:there\s+)?(?:still\s+)?(?:left|remaining|now|still)?$/i.test(
    plain,
  )
    ? { kind: 'list', words, mode: 'count' }
    : undefined;
}

/** "no, friday", "actually make it 6", "tomorrow at 9": another value for what was added or changed just now. */
function correction(plain: string, situation: Situation): Command | undefined {
  const { memory } = situation;
  const rest = plain.replace(CORRECTS, '');
  const corrects = rest !== plain && rest !== '';
  if (corrects) {
    const whole = readCommand(rest);
    if (!['unknown', 'list', 'pick', 'no', 'yes', 'update', 'talk'].includes(whole.kind))
      return whole;
    if (whole.kind === 'update' && whole.target !== 'it' && whole.target !== 'that') return whole;
  }
  if (memory.focus.length !== 1) return undefined;
  if (/^(?:it|that)(?:['’]?s|\s+is)\s+not\s+(?:done|finished|complete)(?:\s+yet)?$/i.test(rest))
    return { kind: 'reopen', target: 'it' };
  const made =
    /^(?:(?:please\s+)?(?:make|set|move|change|put)\s+(?:it|that|this)\s+(?:(?:to|at|for|on|in|into)\s+)?)(.+)$/i.exec(
      rest,
    )?.[1];
  if (memory.recent !== 'order' && made === undefined) return undefined;
  const renames = /^(?:change|call)\s+(?:it|that)\s/i.test(rest);
  const change = readValue(made ?? rest, situation, renames);
  return change && { kind: 'update', target: 'it', change };
}

function readValue(
  words: string,
  { context, lists }: Situation,
  renames: boolean,
): Change | undefined {
  const value = words.replace(/^(?:and\s+)?(?:make\s+it\s+|call\s+it\s+)?/i, '').trim();
  const weight = /^(high|medium|low|no|normal|urgent|important)(?:\s+(?:priority|prio))?$/i.exec(
    value,
  )?.[1];
  if (weight) return { kind: 'priority', priority: PRIORITY_WORDS[weight.toLowerCase()] ?? 'none' };
  if (
    /^(?:(?:forget|remove|drop|clear|skip|without|no)\s+(?:the\s+|a\s+)?(?:due\s+)?(?:date|deadline|time))$/i.test(
      value,
    )
  )
    return { kind: 'noDue' };
  const clock = /^(?:at\s+)?(\d{1,2})(?:[:.](\d\d))?(?:\s*o['’]?clock)?$/i.exec(value);
  if (clock && Number(clock[1]) < 24 && Number(clock[2] ?? 0) < 60)
    return { kind: 'clock', hour: Number(clock[1]), minute: Number(clock[2] ?? 0) };
  if (/^(?:every|each|daily|weekly|monthly|yearly)\b/i.test(value))
    return { kind: 'repeat', words: value };
  if (isDate(value, context)) return { kind: 'due', words: value };
  const named = listIn(value, lists);
  if (named && named.match[0].length === value.length) return { kind: 'list', name: named.list.id };
  return renames ? { kind: 'title', title: value } : undefined;
}

/** "and tomorrow?" narrows or moves the last question; "and the passport too" repeats the last order. */
function goingOn(plain: string, situation: Situation): Command | undefined {
  const { memory, context, lists } = situation;
  const rest = plain.replace(GOES_ON, '').replace(/\s+(?:too|as\s+well|also)$/i, '');
  if (rest === '' || memory.recent === null) return undefined;
  const leads = rest !== plain;
  if (memory.recent === 'question' && memory.asked !== null) {
    const before = readFilters(memory.asked.words, context, lists);
    const { filter, unread } = readFilter(rest, context, lists, before);
    const bare = leads || plain.split(' ').length <= 3;
    if (
      bare &&
      unread === '' &&
      !isEmpty(filter) &&
      (leads || readCommand(plain).kind === 'unknown')
    )
      return {
        kind: 'list',
        words: [...memory.asked.words, rest].join('\n'),
        mode: memory.asked.mode,
      };
    return undefined;
  }
  if (memory.recent !== 'order' || memory.order === null || !leads) return undefined;
  const whole = readCommand(rest);
  if (whole.kind !== 'unknown' && whole.kind !== 'pick') return undefined;
  if (verbsOf(rest.split(' ')[0] ?? '').length > 0 && /^complete /.test(memory.order)) {
    const did = readCommand(`I ${rest}`);
    if (did.kind === 'did') return did;
  }
  const moved = /^(.+?)\s+(?:to|for|on)\s+(.+)$/i.exec(rest);
  if (moved?.[1] && moved[2] && /^move /.test(memory.order))
    return { kind: 'update', target: moved[1], change: { kind: 'due', words: moved[2] } };
  return readCommand(memory.order.replace('%', () => rest));
}

/** A question of several parts, each of which wins over those before: "due today", then "and tomorrow". */
export function readFilters(
  parts: readonly string[],
  context: ParseContext,
  lists: readonly TaskList[],
): ReturnType<typeof readFilter>['filter'] {
  return parts.reduce<ReturnType<typeof readFilter>['filter']>((before, words) => {
    const { filter } = readFilter(words, context, lists, before);
    const { overdue, undated, span, ...kept } = before;
    const replaced = filter.span ?? filter.overdue ?? filter.undated;
    return { ...kept, ...(replaced === undefined ? { overdue, undated, span } : {}), ...filter };
  }, {});
}

/** True for words that say when and nothing else. */
function isDate(words: string, context: ParseContext): boolean {
  return ['', 'on ', 'at '].some((lead) => {
    const text = `${lead}${words.replace(/^(?:to|for|until|by)\s+/i, '')}`;
    const found = findDates(text, context);
    const first = found[0];
    if (!first || first.refused) return false;
    const outside = found.reduceRight(
      (left, { start, end }) => `${left.slice(0, start)} ${left.slice(end)}`,
      text,
    );
    return /^(?:\s|on|at|,)*$/i.test(outside);
  });
}
