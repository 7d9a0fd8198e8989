// The filter of a calendar-query (RFC 4791 9.7): which items it is true for. Read once for each request, then asked for each item.
import type { Element } from '@xmldom/xmldom';
import { dueInstant } from '@todo/contracts/due';
import { MAX_PREVIEW, previewDues, RuleError } from '@todo/contracts/recurrence';
import type { Task } from '@todo/contracts/task';
import ICAL from 'ical.js';
import { placeInSeries } from '../calendars/place-in-series.ts';
import { DavFault } from './answer.ts';
import { CALDAV, child, childElements, nameOf, qname, textOf } from './xml.ts';
import type { QName } from './xml.ts';

/** What a filter is asked of. */
export interface Candidate {
  readonly task: Task;
  /** Its iCalendar object; made only if the filter needs it. */
  readonly text: () => string;
  /** The person's zone, IANA. */
  readonly zone: string;
}

/** A filter that was read. */
export type Filter = (candidate: Candidate) => boolean;

const c = (local: string): QName => qname(CALDAV, local);

/** A span of time, ms; either end may be open. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** Reads a `filter`. @throws DavFault for what it does not know */
export function readFilter(root: Element | undefined): Filter {
  const calendar = child(root, c('comp-filter'));
  if (!calendar || calendar.getAttribute('name')?.toUpperCase() !== 'VCALENDAR')
    throw wrong('The filter must have one comp-filter of VCALENDAR.');
  const within = childElements(calendar);
  return all(
    within.map((part): Filter => {
      switch (nameOf(part)) {
        case c('comp-filter'):
          return todoFilter(part);
        case c('is-not-defined'):
          return () => false;
        case c('prop-filter'): {
          const matches = propertyFilter(part);
          return ({ text }) => matches(parsed(text()));
        }
        default:
          throw unknown(part);
      }
    }),
  );
}

function todoFilter(part: Element): Filter {
  const isTodo = part.getAttribute('name')?.toUpperCase() === 'VTODO';
  const within = childElements(part);
  if (within.some((one) => nameOf(one) === c('is-not-defined'))) return () => !isTodo;
  if (!isTodo) return () => false;
  return all(
    within.map((one): Filter => {
      switch (nameOf(one)) {
        case c('time-range'): {
          const range = readRange(one);
          return (candidate) => isWithin(candidate, range);
        }
        case c('prop-filter'): {
          const quick = quickFilter(one);
          if (quick) return quick;
          const matches = propertyFilter(one);
          return ({ text }) => matches(todoOf(text()));
        }
        case c('comp-filter'): {
          const matches = innerFilter(one);
          return ({ text }) => matches(todoOf(text()));
        }
        default:
          throw unknown(one);
      }
    }),
  );
}

/** What programs ask at every look, answered without making a text. */
function quickFilter(part: Element): Filter | undefined {
  const [only, ...more] = childElements(part);
  if (!only || more.length > 0 || nameOf(only) !== c('is-not-defined')) return undefined;
  if (part.getAttribute('name')?.toUpperCase() !== 'COMPLETED') return undefined;
  return ({ task }) => task.status === 'open';
}

type ComponentFilter = (component: ICAL.Component | null) => boolean;

function propertyFilter(part: Element): ComponentFilter {
  const name = (part.getAttribute('name') ?? '').toLowerCase();
  const within = childElements(part);
  if (within.some((one) => nameOf(one) === c('is-not-defined')))
    return (component) => !component?.hasProperty(name);
  const tests = within.map((one): ((property: ICAL.Property) => boolean) => {
    switch (nameOf(one)) {
      case c('text-match'): {
        const matches = textMatch(one);
        return (property) => property.getValues().some((value) => matches(String(value)));
      }
      case c('param-filter'):
        return parameterFilter(one);
      case c('time-range'): {
        const range = readRange(one);
        return (property) => {
          const at = timeOf(property.getFirstValue());
          return at !== null && at >= range.start && at < range.end;
        };
      }
      default:
        throw unknown(one);
    }
  });
  const any = part.getAttribute('test') === 'anyof';
  return (component) =>
    (component?.getAllProperties(name) ?? []).some((property) =>
      tests.length === 0
        ? true
        : any
          ? tests.some((test) => test(property))
          : tests.every((test) => test(property)),
    );
}

function parameterFilter(part: Element): (property: ICAL.Property) => boolean {
  const name = (part.getAttribute('name') ?? '').toLowerCase();
  const [test] = childElements(part);
  if (test && nameOf(test) === c('is-not-defined'))
    return (property) => parameterOf(property, name) === null;
  const matches = test ? textMatch(test) : () => true;
  return (property) => {
    const value = parameterOf(property, name);
    return value !== null && matches(value);
  };
}

/** A parameter's value; null where the property has none of that name. */
function parameterOf(property: ICAL.Property, name: string): string | null {
  const value = property.getParameter(name) as string | string[] | undefined;
  if (value === undefined) return null;
  return typeof value === 'string' ? value : value.join(',');
}

/** A component within the task: an alarm. */
function innerFilter(part: Element): ComponentFilter {
  const name = (part.getAttribute('name') ?? '').toLowerCase();
  const within = childElements(part);
  if (within.some((one) => nameOf(one) === c('is-not-defined')))
    return (todo) => (todo?.getAllSubcomponents(name) ?? []).length === 0;
  const tests = within
    .filter((one) => nameOf(one) === c('prop-filter'))
    .map((one) => propertyFilter(one));
  return (todo) =>
    (todo?.getAllSubcomponents(name) ?? []).some((inner) => tests.every((test) => test(inner)));
}

function textMatch(part: Element): (value: string) => boolean {
  const exact = part.getAttribute('collation') === 'i;octet';
  const negated = part.getAttribute('negate-condition') === 'yes';
  const wanted = exact ? textOf(part) : textOf(part).toLowerCase();
  const how = part.getAttribute('match-type') ?? 'contains';
  return (value) => {
    const text = exact ? value : value.toLowerCase();
    const matches =
      how === 'equals'
        ? text === wanted
        : how === 'starts-with'
          ? text.startsWith(wanted)
          : how === 'ends-with'
            ? text.endsWith(wanted)
            : text.includes(wanted);
    return matches !== negated;
  };
}

function readRange(part: Element): Range {
  const end = (name: string, open: number): number => {
    const text = part.getAttribute(name);
    if (text === null || text === '') return open;
    const at = Date.parse(dashed(text));
    if (Number.isNaN(at)) throw wrong(`${name} of time-range: there is no such time.`);
    return at;
  };
  return { start: end('start', -Infinity), end: end('end', Infinity) };
}

function dashed(text: string): string {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!match) throw wrong('A time-range needs UTC times, such as 20270131T000000Z.');
  const [, year = '', month = '', day = '', hour = '', minute = '', second = ''] = match;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
}

function timeOf(value: unknown): number | null {
  if (!(value instanceof ICAL.Time)) return null;
  const at = value.toJSDate().getTime();
  return Number.isNaN(at) ? null : at;
}

/** The table of RFC 4791 9.9 for VTODO; a repeating one matches by any of its occurrences. */
function isWithin({ task, text, zone }: Candidate, { start, end }: Range): boolean {
  const { due, recurrence, completedAt, createdAt } = task;
  if (due === null) {
    const created = Date.parse(createdAt);
    if (completedAt === null) return created < end;
    const completed = Date.parse(completedAt);
    return (start <= created || start <= completed) && (end >= created || end >= completed);
  }
  const at = dueInstant(due, zone).getTime();
  const lead = Math.max(0, at - (startOf(text(), zone) ?? at));
  const overlaps = (dueAt: number): boolean =>
    lead === 0
      ? start < dueAt && end >= dueAt - 1
      : (start < dueAt || start <= dueAt - lead) && (end > dueAt - lead || end >= dueAt);
  if (overlaps(at)) return true;
  if (!recurrence || task.status === 'done' || at >= end) return false;
  try {
    return previewDues(placeInSeries({ ...task, due, recurrence }, zone), MAX_PREVIEW).some((one) =>
      overlaps(dueInstant(one, zone).getTime()),
    );
  } catch (error) {
    if (error instanceof RuleError || error instanceof RangeError) return true;
    throw error;
  }
}

/** The task's start, ms; null where it has none or it can't be read. */
function startOf(text: string, zone: string): number | null {
  const line = /^DTSTART[^:\r\n]*:(\d{8})(?:T(\d{6})(Z?))?/m.exec(text);
  if (!line) return null;
  const [, day = '', time, utc] = line;
  const date = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
  try {
    if (time === undefined)
      return dueInstant({ kind: 'local', local: `${date}T00:00`, zone }, zone).getTime();
    const local = `${date}T${time.slice(0, 2)}:${time.slice(2, 4)}`;
    if (utc) return Date.parse(`${local}:00Z`);
    const named = /^DTSTART[^:\r\n]*;?TZID="?([^":;\r\n]+)/m.exec(text)?.[1] ?? zone;
    return dueInstant({ kind: 'local', local, zone: named }, zone).getTime();
  } catch {
    return null;
  }
}

function parsed(text: string): ICAL.Component | null {
  try {
    return new ICAL.Component(ICAL.parse(text) as unknown[]);
  } catch {
    return null;
  }
}

function todoOf(text: string): ICAL.Component | null {
  const todos = parsed(text)?.getAllSubcomponents('vtodo') ?? [];
  return todos.find((todo) => !todo.hasProperty('recurrence-id')) ?? todos[0] ?? null;
}

function all(filters: readonly Filter[]): Filter {
  return (candidate) => filters.every((filter) => filter(candidate));
}

function unknown(part: Element): DavFault {
  return new DavFault(
    403,
    c('supported-filter'),
    `The filter ${part.nodeName} is not supported here. Leave it out.`,
  );
}

function wrong(message: string): DavFault {
  return new DavFault(403, c('valid-filter'), message);
}
