// The events between services: one CloudEvents envelope, one zod schema a type. Readers let unknown fields pass and refuse
// unknown types and versions, so that a newer writer's event ends in the dead letters and not in a wrong effect.
import { z } from 'zod';
import { due, task } from './task.ts';

/** Topics by role; the names in dapr/subscriptions are the same. */
export const TOPICS = {
  taskEvents: 'task-events',
  reminders: 'reminders',
  taskUpdates: 'task-updates',
} as const;
/** A topic's name. */
export type Topic = (typeof TOPICS)[keyof typeof TOPICS];

/** Who did it. */
export const actor = z.object({ kind: z.enum(['user', 'chat', 'mcp', 'service']), id: z.string() });
/** See {@link actor}. */
export type Actor = z.output<typeof actor>;

const taskChange = z.object({
  userId: z.string().min(1),
  taskId: z.uuid(),
  version: z.int().min(1),
  actor,
  at: z.string(),
  /** The task after the change; null once deleted. */
  task: task.nullable(),
  /** The task before the change; null at its creation. */
  before: task.nullable(),
  /** The user's zone, for a task that names none. Not there in events from before it was added. */
  zone: z.string().optional(),
  /**
   * Of `todo.task.deleted.v1`: the task was in the trash and is erased, so nothing restores it. A reader that does not know this
   * takes it as one more deletion of a task that it knows to be deleted.
   */
  erased: z.literal(true).optional().catch(undefined),
});
/** Data of every `todo.task.*` event. */
export type TaskChange = z.output<typeof taskChange>;

const reminderDue = z.object({
  userId: z.string().min(1),
  taskId: z.uuid(),
  reminderId: z.uuid(),
  title: z.string(),
  dueAt: z.string().nullable(),
  /**
   * What `dueAt` was computed from: a reminder of a day names the day, not the last second of it. Not there in events from
   * before it was added; a kind that this reader does not know counts as not there.
   */
  due: due.nullish().catch(undefined),
  remindAt: z.string(),
  zone: z.string(),
  locale: z.string(),
});

const notificationCreated = z.object({
  userId: z.string().min(1),
  notificationId: z.uuid(),
  taskId: z.uuid().nullable(),
  kind: z.string(),
  text: z.string(),
  late: z.boolean(),
  at: z.string(),
});

const occurrenceCreated = z.object({
  userId: z.string().min(1),
  seriesId: z.uuid(),
  taskId: z.uuid(),
  previousTaskId: z.uuid(),
  occurrence: z.int().min(1),
  at: z.string(),
});

/** Everything about a person goes: each part that keeps something of theirs erases it, and what comes later is dropped. */
const accountErased = z.object({
  userId: z.string().min(1),
  at: z.string(),
});

/** Schema of the data of every event type. */
export const EVENT_DATA = {
  'todo.task.created.v1': taskChange,
  'todo.task.updated.v1': taskChange,
  'todo.task.completed.v1': taskChange,
  'todo.task.reopened.v1': taskChange,
  'todo.task.deleted.v1': taskChange,
  'todo.task.restored.v1': taskChange,
  'todo.reminder.due.v1': reminderDue,
  'todo.notification.created.v1': notificationCreated,
  'todo.occurrence.created.v1': occurrenceCreated,
  'todo.account.erased.v1': accountErased,
} as const;

/** An event type that this version of the system knows. */
export type EventType = keyof typeof EVENT_DATA;
/** The topic that events of a type are published to. */
export const TOPIC_OF: Readonly<Record<EventType, Topic>> = {
  'todo.task.created.v1': TOPICS.taskEvents,
  'todo.task.updated.v1': TOPICS.taskEvents,
  'todo.task.completed.v1': TOPICS.taskEvents,
  'todo.task.reopened.v1': TOPICS.taskEvents,
  'todo.task.deleted.v1': TOPICS.taskEvents,
  'todo.task.restored.v1': TOPICS.taskEvents,
  'todo.reminder.due.v1': TOPICS.reminders,
  'todo.notification.created.v1': TOPICS.taskUpdates,
  'todo.occurrence.created.v1': TOPICS.taskUpdates,
  // With the tasks' events, because every part that keeps something of a person reads those.
  'todo.account.erased.v1': TOPICS.taskEvents,
};
/** The data of an event type. */
export type EventData<T extends EventType> = z.output<(typeof EVENT_DATA)[T]>;

/** A checked event: `type` tells the shape of `data`. */
export type TodoEvent = {
  [T in EventType]: {
    readonly id: string;
    readonly source: string;
    readonly type: T;
    readonly subject: string;
    readonly time: string;
    readonly traceparent?: string;
    readonly data: EventData<T>;
  };
}[EventType];

const envelope = z.object({
  specversion: z.literal('1.0'),
  id: z.string().min(1).max(200),
  source: z.string().min(1).max(200),
  type: z.string().min(1).max(200),
  subject: z.string().max(200).optional(),
  time: z.string().optional(),
  topic: z.string().optional(),
  // whatever a sidecar or another publisher made of it, it is no reason to refuse an event
  traceparent: z.string().optional().catch(undefined),
  datacontenttype: z.string().optional(),
  data: z.unknown().optional(),
  data_base64: z.string().optional(),
});

/** An event that can never be handled: wrong envelope, unknown type or version, wrong data. */
export class UnreadableEvent extends Error {
  override readonly name = 'UnreadableEvent';
}

/**
 * Reads a delivered body: structured CloudEvents with JSON data, data as a JSON string, or `data_base64`.
 * @param body the parsed body of the delivery.
 * @returns the checked event.
 * @throws UnreadableEvent saying what is wrong; a body without an envelope (raw payload) is unreadable too.
 */
export function readEvent(body: unknown): TodoEvent {
  const outer = envelope.safeParse(body);
  if (!outer.success) throw new UnreadableEvent(`not a CloudEvent: ${describe(outer.error)}`);
  const { type } = outer.data;
  if (!isKnown(type)) throw new UnreadableEvent(`unknown event type ${JSON.stringify(type)}`);
  const data = EVENT_DATA[type].safeParse(payload(outer.data.data, outer.data.data_base64));
  if (!data.success) throw new UnreadableEvent(`${type}: ${describe(data.error)}`);
  return {
    id: outer.data.id,
    source: outer.data.source,
    type,
    subject: outer.data.subject ?? '',
    time: outer.data.time ?? new Date(0).toISOString(),
    ...(outer.data.traceparent ? { traceparent: outer.data.traceparent } : {}),
    data: data.data,
  } as TodoEvent;
}

function isKnown(type: string): type is EventType {
  return Object.hasOwn(EVENT_DATA, type);
}

function payload(data: unknown, base64: string | undefined): unknown {
  const text = base64 === undefined ? data : Buffer.from(base64, 'base64').toString('utf8');
  if (typeof text !== 'string') return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new UnreadableEvent('data is text, but not JSON');
  }
}

function describe(error: z.core.$ZodError): string {
  return error.issues
    .map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`)
    .join('; ');
}
