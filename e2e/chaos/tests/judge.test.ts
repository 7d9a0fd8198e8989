// The judge finds each kind of fault, and nothing in a run without one.
import { describe, expect, test } from 'vitest';
import type { AuditEntry } from '../evidence.ts';
import { judge } from '../judge/judge.ts';
import { timelineOf } from '../timeline.ts';
import { BEGAN, change, goodRun, IDS, PERSON, type Editable } from './good-run.ts';

type View = Editable['persons'][string];
const viewOf = (run: Editable): View => run.persons[PERSON]!;

function edit<T extends object>(list: T[], fits: (one: T) => boolean, fields: Partial<T>): void {
  const index = list.findIndex(fits);
  list[index] = { ...list[index]!, ...fields };
}
function drop<T>(list: T[], fits: (one: T) => boolean): void {
  list.splice(list.findIndex(fits), 1);
}
const ofType =
  (type: string, taskId: string) =>
  (entry: AuditEntry): boolean =>
    entry.type === `todo.task.${type}.v1` && entry.taskId === taskId;

/** What goes wrong, by what must be found, among other things perhaps. */
const BROKEN: readonly [invariant: string, how: string, wrong: (run: Editable) => void][] = [
  [
    'one-effect',
    'an accepted create made nothing',
    (run) => {
      drop(viewOf(run).audit, ofType('created', IDS.reminded));
    },
  ],
  [
    'one-effect',
    'an accepted create made two tasks',
    (run) => {
      const made = viewOf(run).audit.find(ofType('created', IDS.plain))!;
      viewOf(run).audit.push({
        ...{ ...made, eventId: 'second', taskId: 'second' },
        task: { ...made.task!, id: 'second' },
      });
    },
  ],
  [
    'one-effect',
    'a command without an answer was done twice',
    (run) => {
      for (const id of ['one', 'two']) {
        const task = { ...viewOf(run).tasks[0]!, id, version: 1, title: 'nobody knows' };
        viewOf(run).audit.push(change('created', { ...task, status: 'open' }, null, 10));
      }
    },
  ],
  [
    'one-effect',
    'an accepted completion had no effect',
    (run) => {
      drop(viewOf(run).audit, ofType('completed', IDS.plain));
    },
  ],
  [
    'one-effect',
    'a rename was done twice',
    (run) => {
      const { audit, tasks } = viewOf(run);
      const last = tasks[0]!;
      audit.push(change('updated', { ...last, version: 4 }, last, 4));
    },
  ],
  [
    'no-effect-without-command',
    'a task was made that nobody asked for',
    (run) => {
      const task = { ...viewOf(run).tasks[0]!, id: 'odd', title: 'odd', version: 1 };
      viewOf(run).audit.push(change('created', { ...task, status: 'open' }, null, 10));
    },
  ],
  [
    'refused-has-no-effect',
    'a refused create is listed',
    (run) => {
      viewOf(run).tasks.push({ ...viewOf(run).tasks[0]!, id: 'refused', title: 'refused' });
    },
  ],
  [
    'audit-once',
    'an event is in the audit twice',
    (run) => {
      viewOf(run).audit.push(viewOf(run).audit[0]!);
    },
  ],
  [
    'audit-complete',
    'a version in the middle is missing',
    (run) => {
      drop(viewOf(run).audit, ofType('updated', IDS.plain));
    },
  ],
  [
    'audit-chain',
    'a version does not begin where the one before ended',
    (run) => {
      const { audit } = viewOf(run);
      const before = audit.find(ofType('created', IDS.plain))!.task!;
      edit(audit, ofType('updated', IDS.plain), { before: { ...before, title: 'another' } });
    },
  ],
  [
    'audit-order',
    'a person’s audit is answered in another order',
    (run) => {
      viewOf(run).audit.reverse();
    },
  ],
  [
    'reminder-punctual',
    'a reminder came long after the last fault',
    (run) => {
      const ended = { begunAt: BEGAN + 29_000, endedAt: BEGAN + 32_000 };
      run.faults.push({ number: 1, name: 'kill-every', target: 'every backend', ...ended });
      edit(viewOf(run).notices, () => true, { at: new Date(BEGAN + 63_000).toISOString() });
    },
  ],
  [
    'audit-order',
    'a history is answered in another order',
    (run) => {
      viewOf(run).histories[IDS.plain]!.reverse();
    },
  ],
  [
    'occurrence-missing',
    'a completed occurrence has no successor',
    (run) => {
      drop(viewOf(run).audit, ofType('created', IDS.next));
    },
  ],
  [
    'occurrence-unique',
    'an occurrence is there twice',
    (run) => {
      const next = viewOf(run).tasks.find(({ id }) => id === IDS.next)!;
      viewOf(run).audit.push(change('created', { ...next, id: 'twin' }, null, 6));
    },
  ],
  [
    'occurrence-due',
    'an occurrence is due on another day',
    (run) => {
      const { audit, tasks } = viewOf(run);
      const next = tasks.find(({ id }) => id === IDS.next)!;
      edit(audit, ofType('created', IDS.next), {
        task: { ...next, due: { kind: 'date', date: '2026-12-11' } },
      });
    },
  ],
  [
    'occurrence-after-end',
    'a series goes on after its last occurrence',
    (run) => {
      const { audit } = viewOf(run);
      const recurrence = { rule: 'FREQ=WEEKLY;COUNT=1', from: 'due' } as const;
      for (const type of ['created', 'completed']) {
        const entry = audit.find(ofType(type, IDS.series))!;
        edit(audit, ofType(type, IDS.series), { task: { ...entry.task!, recurrence } });
      }
    },
  ],
  [
    'occurrence-follows-completion',
    'an open occurrence has a successor',
    (run) => {
      drop(viewOf(run).audit, ofType('completed', IDS.series));
    },
  ],
  [
    'occurrence-announced-once',
    'an occurrence was announced twice',
    (run) => {
      const { audit } = viewOf(run);
      const said = audit.find(({ type }) => type === 'todo.occurrence.created.v1')!;
      audit.push({ ...said, eventId: 'again' });
    },
  ],
  [
    'reminder-claimed-once',
    'a reminder fell due twice',
    (run) => {
      const { audit } = viewOf(run);
      const due = audit.find(({ type }) => type === 'todo.reminder.due.v1')!;
      audit.push({ ...due, eventId: 'again' });
    },
  ],
  [
    'reminder-once',
    'a reminder never came',
    (run) => {
      viewOf(run).notices.pop();
    },
  ],
  [
    'reminder-once',
    'a webhook got it twice',
    (run) => {
      run.hooks.push(run.hooks[0]!);
    },
  ],
  [
    'reminder-once',
    'a reminder came for a task that was done before',
    (run) => {
      const { audit, tasks } = viewOf(run);
      const task = tasks.find(({ id }) => id === IDS.reminded)!;
      const done = { ...task, version: 2, status: 'done' as const };
      audit.push(change('completed', done, task, 12));
      run.commands.push({
        ...{ ...run.commands[0]!, number: 11, sentAt: BEGAN + 12_000, answeredAt: BEGAN + 12_020 },
        changes: [{ kind: 'complete', taskId: IDS.reminded, outcome: 'accepted' }],
      });
    },
  ],
  [
    'reminder-late-marked',
    'a late reminder is not marked',
    (run) => {
      const at = new Date(BEGAN + 200_000).toISOString();
      edit(viewOf(run).notices, () => true, { at });
    },
  ],
  [
    'reminder-delivered',
    'a delivery was given up on without a fault',
    (run) => {
      const deliveries = [{ channel: 'webhook', status: 'uncertain', late: false }];
      edit(viewOf(run).notices, () => true, { deliveries });
    },
  ],
  [
    'webhook-signed',
    'a webhook has another signature',
    (run) => {
      edit(run.hooks, () => true, { signed: false });
    },
  ],
  [
    'live-gap',
    'a live stream left a number out',
    (run) => {
      run.live[PERSON]!.splice(3, 1);
    },
  ],
  [
    'live-double',
    'a live stream said something twice',
    (run) => {
      run.live[PERSON]!.splice(3, 0, run.live[PERSON]![3]!);
    },
  ],
  [
    'live-missing',
    'a live stream ended early',
    (run) => {
      run.live[PERSON]!.pop();
    },
  ],
  [
    'live-of-nothing',
    'a live stream showed what never was',
    (run) => {
      run.live[PERSON]!.push({
        ...{ stream: 'page 2', id: 11, event: 'task', at: BEGAN },
        data: { type: 'todo.task.updated.v1', taskId: IDS.plain, version: 9 },
      });
    },
  ],
  [
    'event-without-row',
    'a task is not listed',
    (run) => {
      viewOf(run).tasks.shift();
    },
  ],
  [
    'row-without-event',
    'a task is listed with a version that has no event',
    (run) => {
      edit(viewOf(run).tasks, () => true, { version: 7 });
    },
  ],
  [
    'balance',
    'a deleted task is listed',
    (run) => {
      viewOf(run).tasks.push({ ...viewOf(run).tasks[0]!, id: IDS.deleted });
    },
  ],
  [
    'outbox-empty',
    'events wait in the outbox',
    (run) => {
      run.outbox = 1;
    },
  ],
  [
    'healthy',
    'a service is not ready',
    (run) => {
      run.notReady = ['audit-service'];
    },
  ],
  [
    'dead-letter-explained',
    'a consumer gave up on an event that it can read',
    (run) => {
      run.deadLetters.push({ ...run.deadLetters[0]!, eventId: 'event-good' });
    },
  ],
  [
    'dead-letter-kept',
    'an event that nobody can read was lost',
    (run) => {
      run.deadLetters.pop();
    },
  ],
];

describe('the judge', () => {
  test('finds nothing in a run in which all went well', () => {
    expect(judge(goodRun())).toEqual([]);
  });

  test.each(BROKEN)('says %s when %s', (invariant, _how, wrong) => {
    const run = goodRun();
    wrong(run);
    expect(judge(run).map((violation) => violation.invariant)).toContain(invariant);
  });

  test('lets a command without an answer have one effect', () => {
    const run = goodRun();
    const task = { ...viewOf(run).tasks[3]!, id: 'late', title: 'nobody knows' };
    viewOf(run).audit.splice(-2, 0, change('created', task, null, 10));
    viewOf(run).tasks.push(task);
    for (const [index, stream] of ['page 1', 'page 2'].entries())
      run.live[PERSON]!.splice((index + 1) * 11 + index, 0, {
        ...{ stream, id: 11, event: 'task', at: BEGAN },
        data: { type: 'todo.task.created.v1', taskId: 'late', version: 1 },
      });
    expect(judge(run)).toEqual([]);
  });

  test('lets a reminder wait for a fault to end', () => {
    const run = goodRun();
    const [begunAt, endedAt] = [BEGAN + 29_000, BEGAN + 50_000];
    run.faults.push({ number: 1, name: 'pause', target: 'postgres', begunAt, endedAt });
    edit(viewOf(run).notices, () => true, { at: new Date(BEGAN + 79_000).toISOString() });
    expect(judge(run)).toEqual([]);
  });

  test('lets a delivery be uncertain when a fault was in the system', () => {
    const run = goodRun();
    const deliveries = [{ channel: 'webhook', status: 'uncertain', late: false }];
    edit(viewOf(run).notices, () => true, { deliveries });
    run.hooks.pop();
    const [begunAt, endedAt] = [BEGAN + 29_000, BEGAN + 32_000];
    run.faults.push({ number: 1, name: 'kill', target: 'notification', begunAt, endedAt });
    expect(judge(run)).toEqual([]);
  });
});

test('the timeline of a violation shows its commands, what was seen of it, and the faults around', () => {
  const run = goodRun();
  drop(viewOf(run).audit, ofType('completed', IDS.plain));
  const [begunAt, endedAt] = [BEGAN + 500, BEGAN + 2_500];
  run.faults.push({ number: 1, name: 'kill', target: 'audit', begunAt, endedAt });
  const [first] = judge(run);
  expect(first).toMatchObject({ invariant: 'one-effect', taskId: IDS.plain });
  const lines = timelineOf(first!, run).join('\n');
  expect(lines).toContain('command 3 complete over rest: accepted');
  expect(lines).toContain('audit todo.task.updated.v1 version 2');
  expect(lines).toContain('live page 2 3 task todo.task.completed.v1');
  expect(lines).toContain('fault 1 kill (audit)');
  expect(lines).not.toContain('command 4');
});
