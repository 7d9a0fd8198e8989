// A small run in which every invariant holds: one person, four tasks, one reminder, one dead letter. Each test breaks one thing.
import type { AuditEntry, Command, Evidence, ListedTask, LiveEvent } from '../evidence.ts';

/** The person of the run. */
export const PERSON = 'chaos-0';
/** When it began, ms. */
export const BEGAN = Date.parse('2026-11-30T08:00:00Z');
/** Its tasks: renamed and completed; repeating; its next occurrence; with a reminder; deleted. */
export const IDS = {
  plain: 'task-plain',
  series: 'task-series',
  next: 'task-next',
  reminded: 'task-reminded',
  deleted: 'task-deleted',
};
/** An event that nobody can read. */
export const POISON = 'event-poison';

/** What a test may change: as {@link Evidence}, for writing. */
export type Editable = {
  -readonly [K in keyof Evidence]: Evidence[K] extends readonly (infer T)[]
    ? T[]
    : Evidence[K] extends Readonly<Record<string, infer V>>
      ? Record<string, V extends readonly (infer T)[] ? T[] : EditableView>
      : Evidence[K];
};
interface EditableView {
  audit: AuditEntry[];
  histories: Record<string, AuditEntry[]>;
  tasks: ListedTask[];
  notices: Evidence['persons'][string]['notices'][number][];
}

function iso(seconds: number): string {
  return new Date(BEGAN + seconds * 1_000).toISOString();
}

function task(id: string, fields: Partial<ListedTask> = {}): ListedTask {
  return {
    ...{ id, version: 1, title: `title of ${id}`, status: 'open', due: null, recurrence: null },
    ...{ reminders: [], seriesId: null, occurrence: 1, completedAt: null },
    ...fields,
  };
}

let events = 0;

/** An entry of a change: the task after it, and before. */
export function change(
  type: string,
  after: ListedTask | null,
  before: ListedTask | null,
  seconds: number,
): AuditEntry {
  const version = after?.version ?? (before?.version ?? 0) + 1;
  return {
    ...{ eventId: `event-${(events += 1)}`, source: '/todo/todo-backend', version },
    ...{ type: `todo.task.${type}.v1`, taskId: after?.id ?? before?.id ?? null, at: iso(seconds) },
    ...{ actor: { kind: 'user', id: PERSON }, task: after, before, data: {} },
  };
}

function other(type: string, taskId: string, source: string, seconds: number): AuditEntry {
  return {
    ...{ eventId: `event-${(events += 1)}`, source: `/todo/${source}`, type, taskId },
    ...{ version: null, at: iso(seconds), actor: null, task: null, before: null },
    data: { taskId },
  };
}

function command(number: number, seconds: number, one: Command['changes'][number]): Command {
  const sentAt = BEGAN + seconds * 1_000;
  return {
    ...{ number, person: PERSON, via: 'rest', what: one.kind, changes: [one], sentAt },
    ...{ answeredAt: sentAt + 20, tries: 1, answer: '200' },
  };
}

/** The run, anew for each caller. */
export function goodRun(): Editable {
  const { plain, series, next, reminded, deleted } = IDS;
  const due = { kind: 'date', date: '2026-12-03' } as const;
  const recurrence = { rule: 'FREQ=WEEKLY', from: 'due' } as const;
  const a = task(plain);
  const a2 = { ...a, version: 2, title: 'renamed' };
  const a3 = { ...a2, version: 3, status: 'done' as const };
  const s = task(series, { due, recurrence, seriesId: series });
  const s2 = { ...s, version: 2, status: 'done' as const };
  const n = task(next, {
    ...{ due: { kind: 'date', date: '2026-12-10' }, recurrence, seriesId: series },
    ...{ occurrence: 2, title: s.title },
  });
  const r = task(reminded, { reminders: [{ id: 'reminder', at: iso(30) }] });
  const d = task(deleted);
  const accepted = { outcome: 'accepted' } as const;
  const commands = [
    command(1, 1, { kind: 'create', taskId: plain, title: a.title, ...accepted }),
    command(2, 2, { kind: 'rename', taskId: plain, title: a2.title, ...accepted }),
    command(3, 3, { kind: 'complete', taskId: plain, ...accepted }),
    command(4, 4, { kind: 'create', taskId: series, title: s.title, ...accepted }),
    command(5, 5, { kind: 'complete', taskId: series, ...accepted }),
    command(6, 6, {
      ...{ kind: 'create', taskId: reminded, title: r.title, remindAt: [iso(30)], ...accepted },
    }),
    command(7, 7, { kind: 'create', taskId: deleted, title: d.title, ...accepted }),
    command(8, 8, { kind: 'delete', taskId: deleted, ...accepted }),
    command(9, 9, { kind: 'create', taskId: null, title: 'refused', outcome: 'refused' }),
    command(10, 10, { kind: 'create', taskId: null, title: 'nobody knows', outcome: 'unknown' }),
  ];
  const changes = [
    change('created', a, null, 1),
    change('updated', a2, a, 2),
    change('completed', a3, a2, 3),
    change('created', s, null, 4),
    change('completed', s2, s, 5),
    change('created', n, null, 6),
    change('created', r, null, 6),
    change('created', d, null, 7),
    change('deleted', null, d, 8),
  ];
  const notice = {
    ...{ id: 'notice', taskId: reminded, kind: 'reminder', late: false, at: iso(31) },
    deliveries: [{ channel: 'webhook', status: 'delivered', late: false }],
  };
  const audit = [
    ...changes,
    other('todo.occurrence.created.v1', next, 'recurring-service', 6),
    other('todo.reminder.due.v1', reminded, 'todo-backend', 30),
    other('todo.notification.created.v1', reminded, 'notification-service', 31),
  ].sort((one, two) => Date.parse(one.at) - Date.parse(two.at));
  const ofPlain = changes.filter(({ taskId }) => taskId === plain);
  return {
    ...{ seed: 1, commands, outbox: 0, notReady: [] },
    faults: [],
    persons: {
      [PERSON]: {
        audit,
        histories: { [plain]: ofPlain },
        tasks: [a3, s2, n, r],
        notices: [notice],
      },
    },
    live: { [PERSON]: ['page 1', 'page 2'].flatMap((stream) => streamOf(stream, changes)) },
    hooks: [
      {
        ...{ person: PERSON, notificationId: 'notice', taskId: reminded },
        ...{ late: false, signed: true, at: BEGAN + 31_500 },
      },
    ],
    poison: [{ id: POISON, certain: true }],
    deadLetters: ['audit-service', 'notification-service', 'recurring-service'].map((service) => ({
      ...{ service, eventId: POISON, eventType: 'todo.task.exploded.v9', reason: 'unknown' },
    })),
  };
}

function streamOf(stream: string, changes: readonly AuditEntry[]): LiveEvent[] {
  const told = changes.map(({ type, taskId, version }) => ({ type, taskId, version }));
  return [
    { stream, id: 0, event: 'ready', data: {}, at: BEGAN },
    ...told.map((data, index) => ({
      ...{ stream, id: index + 1, event: 'task', data, at: BEGAN + 1_000 * index },
    })),
    {
      ...{ stream, id: told.length + 1, event: 'notification', at: BEGAN + 31_200 },
      data: { notificationId: 'notice', taskId: IDS.reminded },
    },
  ];
}
