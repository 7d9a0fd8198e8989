// The task as everybody outside the backend sees it: REST, MCP, events, the web app. The zod schemas are the contract.
import { z } from 'zod';
import { MAX_NAME, showsSomething, UNSEEN } from './text.ts';

export { MAX_NOTES, MAX_TITLE } from './text.ts';

const UNSTORABLE = /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/**
 * Text that PostgreSQL can store: no U+0000 and no lone surrogate (jsonb and text refuse them).
 * @param max longest text, in code points.
 */
export function storableText(max: number): z.ZodString {
  return z
    .string({ error: (issue) => (issue.input === undefined ? 'required' : 'expected text') })
    .max(max, `at most ${max} characters`) // zod counts code points
    .refine(
      (text) => !UNSTORABLE.test(text),
      'contains a character that cannot be stored: remove U+0000 or the unpaired surrogate',
    );
}

/**
 * A name that a person gives to something: storable text that shows something.
 * @param max longest name, in code points.
 */
export function visibleText(max: number): z.ZodString {
  return storableText(max).refine(showsSomething, UNSEEN);
}

/** The name of a person, a list or a token. */
export const name = visibleText(MAX_NAME);

/** An instant in UTC, ISO 8601 with an offset or Z; normalised to `…Z`. */
export const instant = z.iso
  .datetime({ offset: true, error: 'expected an instant such as 2027-01-31T08:00:00Z' })
  .transform((text) => new Date(text).toISOString());

/** An IANA zone name that this runtime knows. */
export const zone = z.string().refine(isZone, 'expected an IANA time zone such as Europe/Berlin');

/** A BCP 47 locale. */
export const locale = z.string().refine(isLocale, 'expected a locale such as en-GB');

/** Zones that were found to exist: asking costs 0.1 ms, and an import asks for each of thousands of tasks. */
const knownZones = new Set<string>();
const MAX_KNOWN_ZONES = 1_000;

function isZone(name: string): boolean {
  if (knownZones.has(name)) return true;
  try {
    const exists =
      new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone.length > 0;
    if (knownZones.size < MAX_KNOWN_ZONES) knownZones.add(name);
    return exists;
  } catch {
    return false;
  }
}

function isDate(text: string): boolean {
  return z.iso.date().safeParse(text).success;
}

function isLocale(name: string): boolean {
  try {
    return Intl.getCanonicalLocales(name).length === 1;
  } catch {
    return false;
  }
}

/** When a task is due: an instant, a date in the user's zone, or a local time in a zone. */
export const due = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('instant'), at: instant }),
  z.strictObject({
    kind: z.literal('date'),
    date: z.iso.date('expected a date such as 2027-01-31'),
  }),
  z.strictObject({
    kind: z.literal('local'),
    local: z
      .string()
      .regex(
        /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d$/,
        'expected a local time such as 2027-01-31T09:00',
      )
      .refine(
        (text) => isDate(text.slice(0, 10)),
        'expected a day that exists, such as 2027-01-31T09:00',
      ),
    zone,
  }),
]);
/** See {@link due}. */
export type Due = z.output<typeof due>;

/**
 * How a task repeats: an RFC 5545 RRULE, counted from its due date or from the moment it was completed. recurrence.ts reads it;
 * `checkRule` there refuses what this pattern lets through.
 */
export const recurrence = z.strictObject({
  rule: storableText(500).regex(/(^|[:;])\s*FREQ=/i, 'expected an RRULE such as FREQ=DAILY'),
  from: z.enum(['due', 'completion']).default('due'),
  /**
   * Where the series began, so that the 31st stays the 31st: the local date or time of the first due. Successors keep it; the
   * backend sets it again when the due or the rule is edited. Without it the task's own due is the anchor.
   */
  anchor: z
    .string()
    .regex(
      /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?)?$/,
      'expected 2027-01-31 or 2027-01-31T09:00',
    )
    .refine((text) => isDate(text.slice(0, 10)), 'expected a day that exists, such as 2027-01-31')
    .optional(),
  /** The zone whose days and clock the rule is counted in, when the due names none. Without it: UTC. */
  zone: zone.optional(),
  /**
   * How long the start that the rule gives is before the due: a rule on Mondays with `P2D` is due on Wednesdays. Files of
   * calendar programs have it (DTSTART and DUE, RFC 5545 3.8.5.3); without it the rule gives the dues themselves.
   */
  lead: z
    .string()
    .regex(
      /^P(?=\d|T\d)(\d{1,4}D)?(T(?=\d)(\d{1,4}H)?(\d{1,4}M)?)?$/,
      'expected days, hours and minutes such as P2DT8H',
    )
    .optional(),
});
/** See {@link recurrence}. */
export type Recurrence = z.output<typeof recurrence>;

/** A reminder: at an instant, or an ISO 8601 duration before the task is due. */
export const reminder = z.union([
  z.strictObject({ id: z.uuid(), at: instant }),
  z.strictObject({ id: z.uuid(), before: z.iso.duration('expected a duration such as PT1H') }),
]);
/** See {@link reminder}. */
export type Reminder = z.output<typeof reminder>;

/** Priorities, lowest first. */
export const priority = z.enum(['none', 'low', 'medium', 'high']);

/**
 * What a series has where one occurrence alone was given something else: the due that its rule gave, the title it usually has.
 * The next occurrence has these again.
 */
export const usual = z
  .object({
    due,
    title: z.string(),
    notes: z.string(),
    priority,
    tags: z.array(z.string()),
    reminders: z.array(reminder),
  })
  .partial();
/** See {@link usual}. */
export type Usual = z.output<typeof usual>;

/**
 * An occurrence to come that is not as its series, as calendars say it (RFC 5545 3.8.4.4, 3.8.5.1).
 * `on`: its start as the rule gives it, on the series' clock, such as `2027-01-31` or `2027-01-31T09:00`.
 * `change`: what it has otherwise; null: it is left out.
 * `following`: the change holds for all that follow, and they repeat by this.
 */
export const exception = z.object({
  on: z.string(),
  change: usual.nullable(),
  following: recurrence.optional(),
});
/** See {@link exception}. */
export type Exception = z.output<typeof exception>;

/** A task on the wire. Unknown fields pass: an older reader survives a newer writer. */
export const task = z.object({
  id: z.uuid(),
  version: z.int().min(1),
  title: z.string(),
  notes: z.string(),
  status: z.enum(['open', 'done']),
  priority,
  tags: z.array(z.string()),
  listId: z.uuid().nullable(),
  parentId: z.uuid().nullable(),
  due: due.nullable(),
  /** The instant it falls due, UTC; null without due. */
  dueAt: z.string().nullable(),
  recurrence: recurrence.nullable(),
  reminders: z.array(reminder),
  seriesId: z.uuid().nullable(),
  /** Position in the series, from 1. */
  occurrence: z.int().min(1),
  /** Left out where this occurrence is as its series. Events from before it was added do not have it. */
  usual: usual.optional(),
  /** Of its series, those to come; left out where there are none. */
  exceptions: z.array(exception).optional(),
  completedAt: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
/** See {@link task}. */
export type Task = z.output<typeof task>;
