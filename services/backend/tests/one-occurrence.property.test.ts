// Random edits of one occurrence and of all that follow, completions and skips: every day of the rule is done, skipped or still to
// come, none twice. Held against a second computation that shares nothing with the first: it walks day after day and asks
// whether the rule names that day, with whole numbers of days alone.
import { nextDue, seriesDue } from '@todo/contracts/recurrence';
import type { Due, Task } from '@todo/contracts/task';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { makeOccurrence, makeTask, patchTask, withStatus } from '../src/tasks/rules.ts';
import { skipped, unskipped } from '../src/tasks/skip.ts';
import type { Context } from '../src/tasks/task-context.ts';

const DAY_MS = 86_400_000;
/** 2027-01-01, in days since 1970. */
const FIRST_DAY = 20_819;
const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;

const dayText = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);
const due = (day: number): Due => ({ kind: 'date', date: dayText(day) });
const dayNumber = (one: Due | null): number =>
  one?.kind === 'date' ? Date.parse(one.date) / DAY_MS : Number.NaN;

// --- the second computation --------------------------------------------------------------------------------------------

interface Rule {
  readonly freq: 'DAILY' | 'WEEKLY' | 'MONTHLY';
  readonly interval: number;
  /** Of a weekly rule, from Monday (0). */
  readonly weekdays: readonly number[];
}
/** 1970-01-01 was a Thursday. */
const weekdayOf = (day: number): number => (day + 3) % 7;
const weekOf = (day: number): number => Math.floor((day + 3) / 7);

function names(rule: Rule, anchor: number, day: number): boolean {
  if (day < anchor) return false;
  switch (rule.freq) {
    case 'DAILY':
      return (day - anchor) % rule.interval === 0;
    case 'WEEKLY':
      return (
        (weekOf(day) - weekOf(anchor)) % rule.interval === 0 &&
        rule.weekdays.includes(weekdayOf(day))
      );
    case 'MONTHLY': {
      const [begun, at] = [new Date(anchor * DAY_MS), new Date(day * DAY_MS)];
      const months =
        (at.getUTCFullYear() - begun.getUTCFullYear()) * 12 +
        (at.getUTCMonth() - begun.getUTCMonth());
      const last = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
      return months % rule.interval === 0 && at.getUTCDate() === Math.min(begun.getUTCDate(), last);
    }
  }
}

function following(rule: Rule, anchor: number, after: number): number {
  for (let day = after + 1; ; day += 1) if (names(rule, anchor, day)) return day;
}

// --- random edits ------------------------------------------------------------------------------------------------------

const rules = fc.record({
  freq: fc.constantFrom('DAILY' as const, 'WEEKLY' as const, 'MONTHLY' as const),
  interval: fc.integer({ min: 1, max: 4 }),
  weekdays: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 3 }),
});
/** What is done, so many days after the edit before; `days`: how far the occurrence is moved. */
const edits = fc.array(
  fc.record({
    what: fc.constantFrom('done', 'skip', 'skip and back', 'move this', 'move all', 'rename this'),
    later: fc.integer({ min: 0, max: 12 }),
    days: fc.integer({ min: -9, max: 9 }),
  }),
  { minLength: 1, maxLength: 12 },
);

it('no occurrence is lost or doubled by random edits', { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(rules, edits, (rule, steps) => {
      let today = FIRST_DAY;
      const context: Context = {
        userId: 'anna',
        actor: { kind: 'user', id: 'anna' },
        zone: 'UTC',
        locale: 'en',
        clock: () => new Date(today * DAY_MS + DAY_MS / 2),
      };
      const byDay = rule.weekdays.map((one) => WEEKDAYS[one]).join(',');
      const text = `FREQ=${rule.freq};INTERVAL=${rule.interval}${rule.freq === 'WEEKLY' ? `;BYDAY=${byDay}` : ''}`;
      let anchor = FIRST_DAY + 3;
      let task: Task = makeTask(context, {
        title: 'usual',
        notes: '',
        priority: 'none',
        tags: [],
        listId: null,
        parentId: null,
        reminders: [],
        due: due(anchor),
        recurrence: { rule: text, from: 'due' },
      });
      /** The day that the rule gave to the present occurrence, and what it alone has. */
      let present = anchor;
      let shown = anchor;
      let title = 'usual';
      for (const { what, later, days } of steps) {
        today += later;
        const next = following(rule, anchor, Math.max(present, today));
        switch (what) {
          case 'done': {
            task = withStatus(context, task, 'done');
            const { recurrence, seriesId, occurrence } = task;
            const given = nextDue({
              ...recurrence!,
              zone: 'UTC',
              due: seriesDue({ ...task, due: task.due! }),
              occurrence,
              completedAt: context.clock(),
            });
            const place = { seriesId: seriesId!, occurrence: occurrence + 1, due: given };
            task = makeOccurrence(context, task, place);
            [present, shown, title] = [next, next, 'usual'];
            break;
          }
          case 'skip':
            task = skipped(context, task);
            [present, shown, title] = [next, next, 'usual'];
            break;
          case 'skip and back': {
            const before = seriesDue({ ...task, due: task.due! });
            task = unskipped(context, skipped(context, task), before);
            [shown, title] = [present, 'usual'];
            break;
          }
          case 'move this':
            shown += days;
            task = patchTask(context, task, { due: due(shown), scope: 'this' });
            break;
          case 'move all':
            // the same day again is no edit of the series, unless this one had been moved there
            shown += days === 0 ? 1 : days;
            task = patchTask(context, task, { due: due(shown) });
            [anchor, present] = [shown, shown];
            break;
          case 'rename this':
            title = 'other';
            task = patchTask(context, task, { title, scope: 'this' });
            break;
        }
        expect({
          shown: dayNumber(task.due),
          present: dayNumber(seriesDue({ ...task, due: task.due! })),
          title: task.title,
          isSpecial: task.usual !== undefined,
        }).toEqual({
          shown,
          present,
          title,
          isSpecial: shown !== present || title !== 'usual',
        });
      }
    }),
    { numRuns: 100 },
  );
});
