// The people of a run: each with a client that goes to every replica, a webhook of their own, and two open pages or none.
import { seededRandom } from '@todo/testing/seeded-random';
import type { DisturbedSystem } from '../faults/disturbed-system.ts';
import { clientOf, type Send } from './client.ts';
import { json } from './known-task.ts';
import { watchLive, type LiveWatch } from './live-watch.ts';
import { personOf, type Person } from './person.ts';
import type { WebhookReceiver } from './webhook-receiver.ts';

/** One of them. */
export interface Participant {
  readonly name: string;
  readonly send: Send;
  readonly person: Person;
  /** Pause between two commands, ms: from 0 to this. */
  readonly thinkMs: number;
  readonly watches: readonly LiveWatch[];
}

/** One in so many never opens a page: what only an open page wakes up does not come to them. */
const WITHOUT_PAGE = 3;
/** One in so many hardly pauses. */
const HASTY = 2;
const HASTE = 10;

/** Signs a person in and sets the webhook. @throws Error when that is refused */
export async function joins(
  { system, backends }: DisturbedSystem,
  receiver: WebhookReceiver,
  given: { index: number; seed: number; thinkMs: number; doubles: () => boolean },
): Promise<Participant> {
  const { index, seed, doubles } = given;
  const name = `chaos-${index}`;
  const token = await system.token({ user: name, zone: 'Europe/Berlin' });
  const send = clientOf(backends, token);
  const off = { enabled: false };
  const webhook = { enabled: true, url: receiver.urlOf(name) };
  const answer = await send({
    method: 'PUT',
    path: '/api/v1/notifications/preferences',
    body: { email: off, push: off, webhook, quietHours: null },
  });
  const { secret } = (json(answer.text) as { webhook?: { secret?: string } }).webhook ?? {};
  if (answer.status !== 200 || secret === undefined)
    throw new Error(`a webhook could not be set: ${answer.status} ${answer.text}`);
  receiver.knows(name, secret);
  const pages = index % WITHOUT_PAGE === WITHOUT_PAGE - 1 ? [] : ['page 1', 'page 2'];
  const watches = await Promise.all(
    pages.map((stream, number) =>
      watchLive([...backends.slice(number), ...backends.slice(0, number)], token, stream),
    ),
  );
  const own = Math.floor(seededRandom(seed + index + 1)() * 2 ** 32);
  return {
    ...{ name, send, watches },
    person: personOf({ name, index, send, doubles, seed: own }),
    thinkMs: index % HASTY === 0 ? given.thinkMs : Math.round(given.thinkMs / HASTE),
  };
}
