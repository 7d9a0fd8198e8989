// Changed occurrences of a calendar's series (RFC 5545 3.8.4.4): which one each is, and what it has otherwise. A property that
// such an entry does not have is as in its series: programs write whole entries, and what they leave out nobody has taken away.
import { Temporal } from 'temporal-polyfill';
import { localTime, moveDue } from '@todo/contracts/due';
import { anchorOf } from '@todo/contracts/recurrence';
import type { Due } from '@todo/contracts/task';
import { leftOut, quote } from '../entry.ts';
import type { DraftDue, DraftRecurrence, DraftReminder, Note } from '../entry.ts';
import { startOn } from '../../tasks/exceptions.ts';
import { parseLine } from './content-lines.ts';
import type { ContentLine } from './content-lines.ts';
import { instantOf, readTime, wallClock, wallClockBetween } from './read-time.ts';
import type { TimeContext } from './read-time.ts';
import { ruleParts } from './rule.ts';
import { datesOf, notesOf, parse, priorityOf, remindersOf } from './todo-fields.ts';

const DAY_MS = 86_400_000;

/** A changed occurrence as it is in the file. */
export interface Override {
  readonly kind: string;
  readonly status: string | undefined;
  /** Its lines, RECURRENCE-ID included. */
  readonly lines: readonly string[];
}

/** Fields that an occurrence has otherwise. */
export interface DraftChange {
  title?: string;
  notes?: string;
  priority?: string;
  tags?: readonly string[];
  due?: DraftDue;
  reminders?: readonly DraftReminder[];
}

/** A changed occurrence that was read. */
export interface ReadOverride {
  /** Its start as the rule gives it, on the clock of the series. */
  readonly on: string;
  readonly change: DraftChange & { due: DraftDue };
  /** The change holds for all that follow; they repeat by this. */
  readonly following?: DraftRecurrence;
}

/** The series that it belongs to, as the file's own entry has it. */
export interface OverriddenSeries {
  readonly start: DraftDue;
  readonly due: DraftDue;
  readonly recurrence: DraftRecurrence;
  /** IANA: where its days and its clock are counted. */
  readonly counted: string;
}

/** Whether an override is of this and all later occurrences (RFC 5545 3.2.13). */
export function isFollowing(lines: readonly string[]): boolean {
  return lines.some((line) => /^RECURRENCE-ID;(.*;)?RANGE="?THISANDFUTURE/i.test(line));
}

/**
 * The start that EXDATE and RECURRENCE-ID name, on the clock of the series. Programs write a date for a series with a time, and a
 * time for one of whole days. A series in UTC keeps its hour there in files, and its hour of the person's day here: it is named by
 * the days since its start.
 * @param series its `start` is that of the file's own entry
 */
export function startNamed(
  time: DraftDue,
  { start, counted }: Pick<OverriddenSeries, 'start' | 'counted'>,
): string {
  if (start.kind === 'date')
    return time.kind === 'instant'
      ? localTime(new Date(time.at), counted).slice(0, 10)
      : wallClock(time, counted).slice(0, 10);
  if (time.kind === 'date') return time.date + anchorOf(start, counted).slice(10);
  if (time.kind === 'local' && time.zone === counted) return time.local;
  if (start.kind === 'instant' && time.kind === 'instant') {
    const days = (Date.parse(time.at) - Date.parse(start.at)) / DAY_MS;
    const first = anchorOf(start, counted);
    if (Number.isInteger(days)) return daysLater(first.slice(0, 10), days) + first.slice(10);
  }
  return anchorOf({ kind: 'instant', at: instantOf(time, counted).toISOString() }, counted);
}

/** The other way round: what a file calls a start that {@link startNamed} has named. @param start that of the file's own entry */
export function nameOfStart(on: string, start: Due, counted: string): Due {
  if (start.kind !== 'instant') return startOn(on, start, counted);
  const first = anchorOf(start, counted);
  const days = daysFrom(first.slice(0, 10), on.slice(0, 10));
  return { kind: 'instant', at: new Date(Date.parse(start.at) + days * DAY_MS).toISOString() };
}

/** The start of a file's entry: DTSTART, or its due; null without either. */
export function startOfEntry(lines: readonly string[], context: TimeContext): DraftDue | null {
  const named = (name: string): string | undefined =>
    lines.find((line) => new RegExp(`^${name}[;:]`, 'i').test(line));
  const line = named('DTSTART') ?? named('DUE');
  try {
    return line === undefined ? null : readTime(parseLine(line), context, []);
  } catch {
    return null;
  }
}

function daysFrom(from: string, to: string): number {
  return Temporal.PlainDate.from(from).until(to, { largestUnit: 'days' }).days;
}

function daysLater(day: string, days: number): string {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}

/** Reads a changed occurrence; null, with a note, for one that names no time. */
export function readOverride(
  { kind, lines }: Override,
  series: OverriddenSeries,
  context: TimeContext,
  notes: Note[],
): ReadOverride | null {
  const { own, alarms } = parse(lines, notes);
  const all = (name: string): ContentLine[] => own.filter((line) => line.name === name);
  const has = (name: string): boolean => all(name).length > 0;
  const value = (name: string): string | undefined => all(name)[0]?.values[0]?.trim() || undefined;
  const [id] = all('RECURRENCE-ID');
  const time = id && readTime(id, context, notes);
  if (!time) return null;
  const on = startNamed(time, series);
  const dates = datesOf(kind, all, context, notes);
  const isInPlace =
    time.kind === 'instant' &&
    JSON.stringify(dates.start) === JSON.stringify(time) &&
    lengthOf(dates.start, dates.due) === lengthOf(series.start, series.due);
  const due = isInPlace
    ? dueOf({ start: null, due: null }, false, on, series, context.zone)
    : dueOf(dates, has('DUE') || has('DURATION'), on, series, context.zone);
  const start = dates.start ?? due;
  const title = value('SUMMARY');
  const reminders = remindersOf(alarms, { ...context, start, due, repeats: false }, notes);
  const change = {
    due,
    ...(title === undefined ? {} : { title }),
    ...(has('DESCRIPTION')
      ? { notes: notesOf(all('DESCRIPTION')[0]?.values[0] ?? '', value, notes) }
      : {}),
    ...(has('PRIORITY') ? { priority: priorityOf(value('PRIORITY'), notes) } : {}),
    ...(has('CATEGORIES') ? { tags: all('CATEGORIES').flatMap((line) => line.values) } : {}),
    ...(alarms.length > 0 || has('X-TODO-NO-ALARM') ? { reminders } : {}),
  };
  if (!isFollowing(lines)) return { on, change };
  const following = continuedBy(on, due, series);
  if (following !== null) return { on, change, following };
  notes.push(
    leftOut(
      'RECURRENCE-ID',
      `${quote(id.values[0])} moves this and all later occurrences to another day, which this rule cannot follow: moved only this one`,
    ),
  );
  return { on, change };
}

/** Without times of its own an occurrence is where its series has it. */
function dueOf(
  { start, due }: { start: DraftDue | null; due: DraftDue | null },
  hasEnd: boolean,
  on: string,
  series: OverriddenSeries,
  zone: string,
): DraftDue {
  if (due !== null && hasEnd) return due;
  const between = wallClockBetween(series.start, series.due, zone);
  const from = start ?? due ?? startAt(on, series);
  if (between === null || between.blank) return from;
  return moveDue(from, between.toString(), zone);
}

function lengthOf(start: DraftDue | null, due: DraftDue | null): number {
  return start?.kind === 'instant' && due?.kind === 'instant'
    ? Date.parse(due.at) - Date.parse(start.at)
    : Number.NaN;
}

function startAt(on: string, { start, counted }: OverriddenSeries): DraftDue {
  if (start.kind === 'date') return { kind: 'date', date: on.slice(0, 10) };
  const local = { kind: 'local', local: on.slice(0, 16), zone: counted } as const;
  return start.kind === 'local'
    ? local
    : { kind: 'instant', at: instantOf(local, counted).toISOString() };
}

/**
 * How a series repeats from an occurrence on that was moved to `due`. The rule keeps giving the starts, and a later due is so
 * long after them; an earlier one moves the rule's own days.
 * @returns null where the rule's days can't be moved
 */
function continuedBy(on: string, due: DraftDue, series: OverriddenSeries): DraftRecurrence | null {
  const { recurrence, counted } = series;
  const { lead: _, ...rest } = recurrence;
  const rule = startAt(on, series);
  if ((rule.kind === 'date') !== (due.kind === 'date'))
    return { ...rest, anchor: wallClock(due, counted), zone: counted };
  const later = wallClockBetween(rule, due, counted);
  if (later !== null) return later.blank ? { ...rest } : { ...rest, lead: later.toString() };
  const from = Temporal.PlainDateTime.from(wallClock(rule, counted));
  const to = Temporal.PlainDateTime.from(clockOf(due, counted));
  const days = from.toPlainDate().until(to.toPlainDate(), { largestUnit: 'days' }).days;
  const moved = days === 0 ? recurrence.rule : withDaysMoved(recurrence.rule, days);
  if (moved === null) return null;
  return { ...rest, rule: moved, anchor: clockOf(due, counted), zone: counted };
}

function clockOf(due: DraftDue, zone: string): string {
  return due.kind === 'local' && due.zone !== zone
    ? localTime(instantOf(due, zone), zone).slice(0, 16)
    : wallClock(due, zone);
}

const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

/** A rule whose days are so many later; null where that is no rule. */
function withDaysMoved(rule: string, days: number): string | null {
  const parts = ruleParts(rule);
  const freq = parts.get('FREQ');
  if (freq === 'DAILY')
    return ['BYDAY', 'BYMONTHDAY'].some((name) => parts.has(name)) ? null : rule;
  if (freq !== 'WEEKLY') return null;
  const moved = (text: string): string | undefined =>
    WEEKDAYS[(((WEEKDAYS.indexOf(text) + days) % 7) + 7) % 7];
  for (const name of ['BYDAY', 'WKST']) {
    const given = parts.get(name)?.split(',');
    if (given?.some((one) => !WEEKDAYS.includes(one))) return null;
    if (given) parts.set(name, given.map(moved).join(','));
  }
  return [...parts].map(([name, text]) => `${name}=${text}`).join(';');
}
