// One line of text becomes a task: "pay rent every month on the 1st at 9am #home !high remind me a day before".
// A pure function of the text, the instant, the zone and the locale: no network, no state, no clock of its own.
//
// Order matters: what is literal first, then marks, then reminders (they hold times that are not the due), then the rule
// (it holds days that are not the due), and what is left that says when is the due.
import { DATE_REMINDER_HOUR, localInstant } from '@todo/contracts/due';
import { nextDue } from '@todo/contracts/recurrence';
import type { Due, Recurrence } from '@todo/contracts/task';
import { combine, findDates, toDue } from './date-phrase.ts';
import type { DatePhrase, When } from './date-phrase.ts';
import { describeBefore, describeDue, describeLocal, describeRecurrence } from './describe.ts';
import { claimLiterals } from './literals.ts';
import { addDays, today } from './local-now.ts';
import type { ParseContext } from './local-now.ts';
import { claimMarks } from './marks.ts';
import type { Priority } from './marks.ts';
import { findCount, findRecurrence } from './recurrence-phrase.ts';
import { findBefore, findRemindMe } from './reminder-phrase.ts';
import { claim, sourceText, titleOf } from './source-text.ts';
import type { Range, SourceText, Understood } from './source-text.ts';

export type { ParseContext } from './local-now.ts';
export type { Range, Understood } from './source-text.ts';

/** Longest text that is read, in characters: a title and its marks, and some lines of notes. */
export const MAX_QUICK_ADD = 2_000;

/** A reminder that was asked for: at an instant, or an ISO 8601 duration before the due. */
export type WantedReminder = { readonly at: string } | { readonly before: string };

/** What a text means. */
export interface ParsedQuickAdd {
  /** May be empty when the text holds nothing but marks. */
  readonly title: string;
  /** The lines after the first. */
  readonly notes: string;
  readonly due: Due | null;
  readonly recurrence: Recurrence | null;
  readonly reminders: readonly WantedReminder[];
  readonly tags: readonly string[];
  readonly priority: Priority;
  /** A list's name as typed; finding the list is the caller's. */
  readonly list: string | null;
  /** Pieces of the text and what each was taken for, in the order of the text. */
  readonly understood: readonly Understood[];
  /** What could not be used and why, for a person. */
  readonly hints: readonly string[];
}

/**
 * Reads a text.
 * @param text at most {@link MAX_QUICK_ADD} characters; only its first line is read, the others become notes.
 * @param context when, where and in which locale it was typed.
 * @param options `ignore`: ranges that a person took back; they stay in the title as they are.
 */
export function parseQuickAdd(
  text: string,
  context: ParseContext,
  options: { ignore?: readonly Range[] } = {},
): ParsedQuickAdd {
  const [line = '', ...more] = text.split(/\r\n|\r|\n/);
  const source = sourceText(line);
  const hints: string[] = [];
  claimLiterals(source, options.ignore ?? []);
  const marks = claimMarks(source);
  const reading = readTimes(source, context, hints);
  const title = withoutTo(titleOf(source), source) || fallbackTitle(source);
  return {
    title,
    notes: more.join('\n').trim(),
    ...reading,
    ...marks,
    understood: source.understood.sort((a, b) => a.start - b.start),
    hints,
  };
}

/** "remind me every day at 9 to take pills": the "to" belongs to "remind me", though dates stand between. */
function withoutTo(title: string, source: SourceText): string {
  const asked = source.understood.some(
    ({ kind, text }) => kind === 'reminder' && /^remind me\b/i.test(text),
  );
  return asked ? title.replace(/^(?:to|that)\s+(?=\S)/i, '') : title;
}

/** A text of nothing but dates is a title too ("remind me Wednesday at 10pm"): its own words, without the marks. */
function fallbackTitle(source: SourceText): string {
  const marks = source.understood
    .filter(({ kind }) => kind === 'tag' || kind === 'list' || kind === 'priority')
    .map(({ start, end }) => ({ start, end }));
  return titleOf({ ...source, removed: marks });
}

const SHORT_REPETITION =
  /(?<=^|\s)(?:every|each)\s+(?:\w+\s+)?(?:hours?|minutes?|seconds?)(?=\W|$)|(?<=^|\s)hourly\s*$/i;

interface Times {
  readonly due: Due | null;
  readonly recurrence: Recurrence | null;
  readonly reminders: readonly WantedReminder[];
}

function readTimes(source: SourceText, context: ParseContext, hints: string[]): Times {
  const before = findBefore(source.rest);
  // hidden while dates are looked for: "a day before" is no date
  let rest = blank(source.rest, before);
  const repeats = findRecurrence(rest);
  if (repeats) rest = blank(rest, [repeats]);
  const count = repeats ? findCount(rest) : undefined;
  if (count) rest = blank(rest, [count]);

  // "at 6pm until 31 December" would read as a range from six o'clock to a date: the end is read on its own
  const until = repeats ? findUntil(rest, context) : undefined;
  if (until) rest = blank(rest, [until]);

  const dates = findDates(rest, context);
  const remindMe = findRemindMe(rest);
  const reminderTime = remindMe ? dates.find((date) => follows(rest, remindMe, date)) : undefined;
  // "every Monday, remind me at 8am" has a time for the reminder, "remind me every Monday at 8am" one for both
  const repeatsFirst = repeats && remindMe ? repeats.start < remindMe.start : false;
  const ownTime = repeatsFirst || dates.length > 1 ? reminderTime : undefined;
  const dueDates = dates.filter((date) => date !== ownTime);
  const { when, used } = chooseDue(rest, dueDates);

  let recurrence: Recurrence | null = null;
  if (repeats) {
    recurrence = { ...repeats.recurrence };
    if (count) recurrence = { ...recurrence, rule: `${recurrence.rule};COUNT=${count.count}` };
    else if (until)
      recurrence = {
        ...recurrence,
        rule: `${recurrence.rule};UNTIL=${until.date.replaceAll('-', '')}`,
      };
  }
  let due = when === undefined && !repeats ? null : firstDue(when, repeats, recurrence, context);
  if (!repeats && SHORT_REPETITION.test(rest))
    hints.push('Tasks repeat by days, weeks, months or years, not by hours or minutes.');
  if (repeats && due === null) {
    hints.push('The repetition was left out: it never gives a day.');
    recurrence = null;
    if (when) due = toDue(when, context);
  }

  const reminders: WantedReminder[] = [];
  if (due === null) {
    if (before.length > 0 || remindMe)
      hints.push('A reminder needs a date: say when, such as "tomorrow at 9".');
  } else {
    for (const phrase of before)
      for (const duration of phrase.durations) addReminder(reminders, { before: duration });
    if (ownTime) {
      const placed = placeReminder(ownTime.when, due, recurrence !== null, context);
      due = placed.due;
      addReminder(reminders, placed.reminder);
    } else if (remindMe) {
      addReminder(reminders, { before: 'PT0S' });
    }
  }
  explain();
  return { due, recurrence, reminders };

  function explain(): void {
    if (due !== null) {
      for (const phrase of before)
        claim(
          source,
          phrase,
          'reminder',
          `reminder ${phrase.durations.map(describeBefore).join(' and ')}`,
        );
      if (remindMe) {
        const range = ownTime ? { start: remindMe.start, end: ownTime.end } : remindMe;
        claim(
          source,
          range,
          'reminder',
          `reminder ${ownTime ? describeReminder(reminders.at(-1), context) : describeBefore('PT0S')}`,
        );
      }
      for (const date of used)
        claim(source, date, 'due', `due ${describeDue(due, context)}`, date.keepInTitle);
    }
    if (recurrence !== null && repeats) {
      const said = describeRecurrence(recurrence);
      const first = due && used.length === 0 ? `, first ${describeDue(due, context)}` : '';
      claim(source, repeats, 'recurrence', `repeats ${said}${first}`);
      if (count) claim(source, count, 'recurrence', `${count.count} times`);
      if (until && !count)
        claim(source, until, 'recurrence', `until ${describeLocal(until.date, context.locale)}`);
    }
  }
}

/** The due of a task that may repeat: its words, or the first day its rule gives from today on. */
function firstDue(
  when: When | undefined,
  repeats: { time?: string } | undefined,
  recurrence: Recurrence | null,
  context: ParseContext,
): Due | null {
  if (!repeats || !recurrence) return when ? toDue(when, context) : null;
  if (when?.instant) return toDue(when, context);
  const time = when?.time ?? repeats.time;
  const start = when?.date ?? today(context);
  const seed = addDays(start, -1);
  const due: Due =
    time === undefined
      ? { kind: 'date', date: seed }
      : { kind: 'local', local: `${seed}T${time}`, zone: when?.zone ?? context.zone };
  return nextDue({
    rule: recurrence.rule,
    from: 'due',
    due,
    anchor: time === undefined ? start : `${start}T${time}`,
    zone: context.zone,
    // a date may be today; a time must be ahead
    completedAt:
      time === undefined ? localInstant(`${seed}T12:00`, context.zone) : laterStart(start, context),
    occurrence: 0,
  });
}

function laterStart(start: string, context: ParseContext): Date {
  const dayBefore = localInstant(`${addDays(start, -1)}T12:00`, context.zone);
  return dayBefore > context.now ? dayBefore : context.now;
}

/** Of several phrases the one at the end of the text, else at its begin, else the first; a date and a time complete each other. */
function chooseDue(
  rest: string,
  dates: readonly DatePhrase[],
): { when: When | undefined; used: readonly DatePhrase[] } {
  if (dates.length === 0) return { when: undefined, used: [] };
  const score = (date: DatePhrase): number => {
    const about = /\b(?:for|about|of|from|with)\s+$/i.test(rest.slice(0, date.start));
    const edge =
      rest.slice(date.end).trim() === '' ? 3 : rest.slice(0, date.start).trim() === '' ? 2 : 1;
    return about ? edge - 2 : edge;
  };
  const ordered = [...dates].sort((a, b) => score(b) - score(a) || a.start - b.start);
  const main = ordered[0];
  if (!main) return { when: undefined, used: [] };
  for (const other of ordered.slice(1)) {
    const both = combine(main.when, other.when);
    if (both) return { when: both, used: [main, other] };
  }
  return { when: main.when, used: [main] };
}

/**
 * A reminder with a time of its own. On a task that repeats it must count from the due, or it would come once only: a time
 * later than a date's reminder hour gives the due that time.
 */
function placeReminder(
  when: When,
  due: Due,
  repeats: boolean,
  context: ParseContext,
): { due: Due; reminder: WantedReminder } {
  const dueDay =
    due.kind === 'date' ? due.date : due.kind === 'local' ? due.local.slice(0, 10) : undefined;
  const at = toDue(when, context, dueDay);
  if (repeats && due.kind === 'date' && when.time !== undefined && when.date === undefined) {
    const minutes = DATE_REMINDER_HOUR * 60 - minutesOf(when.time);
    return minutes >= 0
      ? { due, reminder: { before: minutesBefore(minutes) } }
      : {
          due: { kind: 'local', local: `${due.date}T${when.time}`, zone: context.zone },
          reminder: { before: 'PT0S' },
        };
  }
  if (repeats && due.kind === 'local' && when.time !== undefined && when.date === undefined) {
    const minutes = minutesOf(due.local.slice(11)) - minutesOf(when.time);
    if (minutes >= 0) return { due, reminder: { before: minutesBefore(minutes) } };
  }
  const instant =
    at.kind === 'date'
      ? localInstant(`${at.date}T0${DATE_REMINDER_HOUR}:00`, context.zone)
      : at.kind === 'local'
        ? localInstant(at.local, at.zone)
        : new Date(at.at);
  return { due, reminder: { at: instant.toISOString() } };
}

function describeReminder(reminder: WantedReminder | undefined, context: ParseContext): string {
  if (!reminder) return '';
  return 'at' in reminder
    ? describeDue({ kind: 'instant', at: reminder.at }, context)
    : describeBefore(reminder.before);
}

function addReminder(reminders: WantedReminder[], reminder: WantedReminder): void {
  const key = JSON.stringify(reminder);
  if (!reminders.some((known) => JSON.stringify(known) === key)) reminders.push(reminder);
}

const END_WORD = /(?<=^|\s)(?:until|till|til|through|ending(?:\s+on)?)\s+/gi;

/** "until 31 December": the end of a series, with its word. */
function findUntil(rest: string, context: ParseContext): (Range & { date: string }) | undefined {
  for (const word of rest.matchAll(END_WORD)) {
    const from = word.index + word[0].length;
    const [date] = findDates(rest.slice(from), context);
    if (date?.start === 0 && date.when.date !== undefined)
      return { start: word.index, end: from + date.end, date: date.when.date };
  }
  return undefined;
}

/** True when only small words stand between "remind me" and the date. */
function follows(rest: string, remindMe: Range, date: DatePhrase): boolean {
  return (
    date.start >= remindMe.end &&
    /^\s*(?:again|on|at|by)?\s*$/i.test(rest.slice(remindMe.end, date.start))
  );
}

function blank(text: string, ranges: readonly Range[]): string {
  let result = text;
  for (const { start, end } of ranges)
    result = result.slice(0, start) + ' '.repeat(end - start) + result.slice(end);
  return result;
}

function minutesBefore(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  if (minutes === 0) return 'PT0S';
  return `PT${hours > 0 ? `${hours}H` : ''}${minutes % 60 > 0 ? `${minutes % 60}M` : ''}`;
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}
