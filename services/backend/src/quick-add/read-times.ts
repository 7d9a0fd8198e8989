// The times of a line in one language: when it is due, how often, and the reminders.
//
// Order matters: reminders first (they hold times that are not the due), then the rule (it holds days that are not the due),
// then its end, and what is left that says when is the due. What one reader took, the next one does not see.
import { localDate } from '@todo/contracts/due';
import type { Due, Recurrence } from '@todo/contracts/task';
import { findDates } from './date-phrase.ts';
import type { DatePhrase } from './date-phrase.ts';
import { describeBefore, describeDue, describeLocal, describeRecurrence } from './describe.ts';
import { chooseDue, firstDue, timeFor } from './due-of-line.ts';
import type { Language } from './language.ts';
import type { ParseContext } from './local-now.ts';
import { blank, findIn, piecesOf, TEXT } from './pieces.ts';
import type { Piece } from './pieces.ts';
import { clauseEnd, findRecurrence, ruleWords } from './recurrence-phrase.ts';
import type { RecurrencePhrase } from './recurrence-phrase.ts';
import { addReminder, beforeAt, placeReminder } from './reminder-of-line.ts';
import type { WantedReminder } from './reminder-of-line.ts';
import { findBefore, findRemindMe } from './reminder-phrase.ts';
import type { BeforePhrase } from './reminder-phrase.ts';
import { endOfRule, findEnd, startsUnread } from './series-end.ts';
import type { SeriesEnd } from './series-end.ts';
import type { Claim, Range } from './source-text.ts';
import { toDue } from './when.ts';

/** What a line says about time. */
export interface Times {
  readonly due: Due | null;
  readonly recurrence: Recurrence | null;
  readonly reminders: readonly WantedReminder[];
  /** The words that said it. */
  readonly claims: readonly Claim[];
  /** What could not be used and why. */
  readonly hints: readonly string[];
}

/** What was found, before anything is decided. */
interface Found {
  readonly before: readonly BeforePhrase[];
  readonly remindMe: Range | undefined;
  readonly repeats: RecurrencePhrase | undefined;
  readonly end: SeriesEnd | undefined;
  readonly dates: readonly DatePhrase[];
  /** The text with everything but dates blank: only for the question what stands next to a phrase. */
  readonly rest: string;
  readonly hints: string[];
}

/**
 * Reads the times of a line.
 * @param text the line; literal characters are U+FFFC
 * @param taken ranges that mean something else (tags, a list, a priority)
 * @param asText what says how often is text
 */
export function readTimes(
  text: string,
  taken: readonly Range[],
  context: ParseContext,
  language: Language,
  asText = false,
): Times {
  const found = find(text, taken, context, language, asText);
  const { before, remindMe, dates, rest, hints } = found;
  const rule = found.repeats?.recurrence ? found.repeats : undefined;

  const timesBefore = new Map<BeforePhrase, DatePhrase>();
  for (const phrase of before) {
    const time = dates.find((date) => isTimeOnly(date) && follows(text, phrase, date, language));
    if (time) timesBefore.set(phrase, time);
  }
  let dueDates = dates.filter((date) => ![...timesBefore.values()].includes(date));
  // "every Monday, remind me at 8am" has a time for the reminder, "remind me every Monday at 8am" one for both
  const ruleFirst = rule && remindMe ? rule.start < remindMe.start : false;
  const ownTime =
    remindMe && (ruleFirst || dueDates.length > 1)
      ? dueDates.find((date) => follows(rest, remindMe, date, language))
      : undefined;
  dueDates = dueDates.filter((date) => date !== ownTime);
  const { when, used } = chooseDue(rest, dueDates);

  let recurrence: Recurrence | null = rule?.recurrence ?? null;
  let due =
    recurrence === null
      ? when
        ? toDue(when, context)
        : null
      : firstDue(timeFor(when, rule?.part), recurrence, context);
  if (recurrence !== null) {
    const end = due && found.end ? endOfRule(found.end, dateOfDue(due, context)) : '';
    const until = /UNTIL=(\d{8})/.exec(end)?.[1];
    if (due === null || (until && until < dateOfDue(due, context).replaceAll('-', ''))) {
      // its words and those of its end are text, and nothing else is read across them
      const others = readTimes(text, taken, context, language, true);
      return { ...others, hints: ['The repetition was left out: it never matches a day.'] };
    } else recurrence = { ...recurrence, rule: `${recurrence.rule}${end}` };
  }

  const reminders: WantedReminder[] = [];
  const claims: Claim[] = [];
  if (due === null) {
    if (before.length > 0 || remindMe)
      hints.push('A reminder needs a date: add one, such as "tomorrow at 9".');
    return { due, recurrence, reminders, claims, hints };
  }
  for (const phrase of before) {
    const own = timesBefore.get(phrase);
    const wanted = own
      ? beforeAt(phrase.durations, own.when.time ?? '', due, recurrence !== null, context)
      : phrase.durations.map((duration) => ({ before: duration }));
    if (wanted.length === 0) {
      hints.push('The reminder was left out: write it as "remind me 1 day before".');
      continue;
    }
    for (const reminder of wanted) addReminder(reminders, reminder);
    claims.push(
      reminderClaim({ start: phrase.start, end: own?.end ?? phrase.end }, wanted, context),
    );
  }
  if (remindMe) {
    let reminder: WantedReminder = { before: 'PT0S' };
    if (ownTime)
      ({ due, reminder } = placeReminder(ownTime.when, due, recurrence !== null, context));
    addReminder(reminders, reminder);
    const range = { start: remindMe.start, end: ownTime?.end ?? remindMe.end };
    for (const part of withoutTaken(
      range,
      [...taken, ...before, ...listOf(rule), ...listOf(found.end)],
      text,
    ))
      claims.push(reminderClaim(part, [reminder], context));
  }
  for (const date of used)
    claims.push({
      start: date.start,
      end: date.end,
      kind: 'due',
      meaning: `due ${describeDue(due, context)}`,
      inTitle: date.keepInTitle,
    });
  if (recurrence !== null && rule)
    claims.push(...ruleClaims(rule, recurrence, due, used.length === 0, found.end, context));
  const to = remindMe && toAfter(text, remindMe, [...claims, ...taken], language);
  if (to)
    claims.push({ ...to, kind: 'reminder', meaning: 'belongs to "remind me"', inTitle: false });
  return { due, recurrence, reminders, claims, hints };
}

function find(
  text: string,
  marks: readonly Range[],
  context: ParseContext,
  language: Language,
  asText: boolean,
): Found {
  const taken = [...marks];
  const hints: string[] = [];
  const pieces = (): Piece[] => piecesOf(text, taken);
  const before = findIn(pieces(), (piece) => findBefore(piece, language));
  taken.push(...before);
  let [remindMe] = findIn(pieces(), (piece) => listOf(findRemindMe(piece, language)));
  if (remindMe) {
    const end = remindMe.end;
    taken.push(remindMe);
    const behind = pieces().find((piece) => piece.start >= end);
    if (behind && language.beforeWord.test(behind.text)) {
      taken.push({ start: behind.start, end: behind.start + behind.text.length });
      remindMe = undefined;
      hints.push('The reminder was left out: write it as "remind me 1 day before".');
    }
  }
  const rules = findIn(pieces(), (piece) => listOf(findRecurrence(piece, language)));
  let repeats = rules.find((rule) => rule.recurrence) ?? rules[0];
  if (repeats) taken.push(repeats);
  let end: SeriesEnd | undefined;
  if (repeats?.recurrence) {
    // "at 6pm until 31 December" would read as a range from six o'clock to a date: the end is read on its own
    [end] = findIn(pieces(), (piece) => listOf(findEnd(piece, context, language)));
    const from = repeats.end;
    const behind = pieces().find((piece) => piece.start >= from);
    if (
      asText ||
      end?.kind === 'unread' ||
      (behind && startsUnread(behind.text, context, language))
    ) {
      repeats = { start: repeats.start, end: clauseEnd(text, repeats.end) };
      taken.push(repeats);
      end = undefined;
    } else if (end) taken.push(end);
  }
  const unread = repeats !== undefined && !repeats.recurrence;
  if (language.shortRepetition.test(text) && !repeats?.recurrence)
    hints.push('Tasks repeat by days, weeks, months or years, not by hours or minutes.');
  else if (unread)
    hints.push(
      'The repetition was left out: its wording is not supported. Try "every friday until 31 December".',
    );
  const others = findIn(pieces(), (piece) => ruleWords(piece, language));
  // words that stay text are no blank: nothing stands next to what is before or behind them
  const passedOver = blank(text, others, TEXT);
  const rest = blank(blank(passedOver, taken), unread ? listOf(repeats) : [], TEXT);
  const dates = findIn(piecesOf(passedOver, taken), (piece, at) =>
    findDates(piece, context, language, rest.slice(0, at)),
  ).filter(({ refused }) => !refused);
  return { before, remindMe, repeats, end, dates, rest, hints };
}

function ruleClaims(
  rule: Range,
  recurrence: Recurrence,
  due: Due,
  saysFirst: boolean,
  end: SeriesEnd | undefined,
  context: ParseContext,
): Claim[] {
  const first = saysFirst ? `, first ${describeDue(due, context)}` : '';
  const claims: Claim[] = [
    {
      start: rule.start,
      end: rule.end,
      kind: 'recurrence',
      meaning: `repeats ${describeRecurrence(recurrence)}${first}`,
      inTitle: false,
    },
  ];
  if (end) {
    const until = /UNTIL=(\d{4})(\d\d)(\d\d)/.exec(recurrence.rule);
    const meaning =
      end.kind === 'count'
        ? `${end.count} times`
        : `until ${describeLocal(`${until?.[1] ?? ''}-${until?.[2] ?? ''}-${until?.[3] ?? ''}`, context.locale)}`;
    claims.push({ start: end.start, end: end.end, kind: 'recurrence', meaning, inTitle: false });
  }
  return claims;
}

function reminderClaim(
  { start, end }: Range,
  reminders: readonly WantedReminder[],
  context: ParseContext,
): Claim {
  const said = reminders
    .map((reminder) =>
      'at' in reminder
        ? describeDue({ kind: 'instant', at: reminder.at }, context)
        : describeBefore(reminder.before),
    )
    .join(' and ');
  return { start, end, kind: 'reminder', meaning: `reminder ${said}`, inTitle: false };
}

/** "remind me every day at 9 to take pills": the "to" belongs to "remind me", though dates stand between. */
function toAfter(
  text: string,
  remindMe: Range,
  claims: readonly Range[],
  language: Language,
): Range | undefined {
  let end = remindMe.end;
  for (const claim of [...claims].sort((a, b) => a.start - b.start))
    if (claim.start >= remindMe.start && /^[\s,]*$/.test(text.slice(end, claim.start)))
      end = Math.max(end, claim.end);
  const start = end + (/^\s*/.exec(text.slice(end))?.[0].length ?? 0);
  language.to.lastIndex = start;
  const match = end > remindMe.end ? language.to.exec(text) : null;
  return match ? { start, end: start + match[0].length } : undefined;
}

/** A range without what others took inside it. */
function withoutTaken(range: Range, taken: readonly Range[], text: string): Range[] {
  const inside = taken
    .filter(({ start, end }) => start >= range.start && end <= range.end)
    .map(({ start, end }) => ({ start: start - range.start, end: end - range.start }));
  return piecesOf(text.slice(range.start, range.end), inside).map((piece) => ({
    start: range.start + piece.start,
    end: range.start + piece.start + piece.text.length,
  }));
}

/** True when only small words stand between a reminder and the date. */
function follows(rest: string, reminder: Range, date: DatePhrase, language: Language): boolean {
  return (
    date.start >= reminder.end && language.reminderJoin.test(rest.slice(reminder.end, date.start))
  );
}

function isTimeOnly(date: DatePhrase): boolean {
  return date.when.date === undefined && date.when.time !== undefined;
}

function dateOfDue(due: Due, context: ParseContext): string {
  if (due.kind === 'instant') return localDate(new Date(due.at), context.zone);
  return due.kind === 'date' ? due.date : due.local.slice(0, 10);
}

function listOf<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}
