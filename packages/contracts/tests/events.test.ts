import { describe, expect, it } from 'vitest';
import { readEvent, UnreadableEvent } from '../src/events.ts';

const title = 'Zażółć gęślą 😀 שלום';
const data = {
  userId: 'u1',
  reminderId: '0198f000-0000-7000-8000-000000000001',
  taskId: '0198f000-0000-7000-8000-000000000002',
  title,
  dueAt: null,
  remindAt: '2027-05-10T08:00:00.000Z',
  zone: 'Europe/Warsaw',
  locale: 'pl',
};
const envelope = {
  specversion: '1.0',
  id: 'e1',
  source: '/todo/todo-backend',
  type: 'todo.reminder.due.v1',
  subject: data.taskId,
  time: '2027-05-10T08:00:00.000Z',
  datacontenttype: 'application/json',
};

describe('B05: the same event in four envelopes', () => {
  it.each([
    ['an object', { ...envelope, data }],
    ['a JSON string', { ...envelope, datacontenttype: 'text/plain', data: JSON.stringify(data) }],
    [
      'base64 of the JSON bytes',
      { ...envelope, data_base64: Buffer.from(JSON.stringify(data)).toString('base64') },
    ],
    [
      'fields that we do not know',
      { ...envelope, pubsubname: 'pubsub', topic: 'reminders', data: { ...data, future: 1 } },
    ],
  ])('data as %s', (_what, body) => {
    const event = readEvent(body);
    expect(event.type).toBe('todo.reminder.due.v1');
    expect(event.data).toMatchObject({ title });
  });
});

describe('a deletion that is final', () => {
  const change = {
    userId: 'u1',
    taskId: data.taskId,
    version: 3,
    actor: { kind: 'user', id: 'u1' },
    at: '2027-05-10T08:00:00.000Z',
    task: null,
    before: null,
  };
  it.each([
    [true, true],
    [undefined, undefined],
    [false, undefined],
    ['later', undefined],
  ])('erased: %j is read as %j, and never refused', (erased, wanted) => {
    const body = { ...envelope, type: 'todo.task.deleted.v1', data: { ...change, erased } };
    expect(readEvent(body).data).toMatchObject({ version: 3, erased: wanted });
  });
});

describe('what can never be handled says why', () => {
  it.each([
    ['a payload without an envelope', data, 'not a CloudEvent'],
    [
      'an unknown version',
      { ...envelope, type: 'todo.reminder.due.v2', data },
      'unknown event type',
    ],
    ['a name from the prototype', { ...envelope, type: 'constructor', data }, 'unknown event type'],
    ['wrong data', { ...envelope, data: { ...data, taskId: 7 } }, 'taskId'],
    ['text that is not JSON', { ...envelope, data: 'hello' }, 'not JSON'],
    ['nothing', undefined, 'not a CloudEvent'],
  ])('%s', (_what, body, reason) => {
    expect(() => readEvent(body)).toThrow(UnreadableEvent);
    expect(() => readEvent(body)).toThrow(reason);
  });
});
