// Events that are published from outside: one that nobody can read, and one of the past again.
import { randomUUID } from 'node:crypto';
import type { System } from '@todo/local/system';
import { pick } from '../faults/schedule.ts';
import { json } from './known-task.ts';
import type { Participant } from './participants.ts';

interface PastEvent {
  eventId: string;
  source: string;
  type: string;
  taskId: string;
  at: string;
  task: unknown;
  before: unknown;
  data: object;
}

/** Publishes what no consumer can read. @param letters gets its id; `certain` once it is surely published */
export async function publishPoison(
  system: System,
  letters: { id: string; certain: boolean }[],
): Promise<void> {
  const letter = { id: randomUUID(), certain: false };
  letters.push(letter);
  await publish(system, {
    specversion: '1.0',
    ...{ id: letter.id, source: '/todo/chaos', type: 'todo.task.exploded.v9', subject: 'chaos' },
    datacontenttype: 'application/json',
    data: { unreadable: true },
  });
  letter.certain = true;
}

/** Publishes an event of somebody's past again. @returns false when there is none yet */
export async function publishAgain(
  system: System,
  participants: readonly Pick<Participant, 'send'>[],
  random: () => number,
): Promise<boolean> {
  const { send } = pick(participants, random);
  const past = await send({ method: 'GET', path: '/api/v1/audit?limit=200', repeat: false });
  const items = (json(past.text) as { items?: PastEvent[] } | undefined)?.items ?? [];
  const changes = items.filter(({ type }) => type.startsWith('todo.task.'));
  if (changes.length === 0) return false;
  await publish(system, eventOf(pick(changes, random)));
  return true;
}

/** An event of the past as it was published, put together from its entry in the audit. */
function eventOf({ eventId, source, type, taskId, at, task, before, data }: PastEvent): object {
  return {
    specversion: '1.0',
    ...{ id: eventId, source, type, subject: taskId, time: at },
    datacontenttype: 'application/json',
    data: { ...data, task, before },
  };
}

async function publish(system: System, event: object): Promise<void> {
  const status = await system.publish('task-events', event);
  if (status >= 300) throw new Error(`daprd answered ${status}`);
}
