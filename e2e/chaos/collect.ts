// Reads from outside what a run led to: the audit export, histories, lists, notifications, dead letters and the operators' status.
import { z } from 'zod';
import type { AuditEntry, Evidence, ListedTask, Notice, PersonView } from './evidence.ts';
import { parallel } from '../suite/parallel.ts';
import type { Send } from './workload/client.ts';

const PAGE = 200;
const AT_ONCE = 6;
/** Tasks of a person whose own history is read: one request each. */
const HISTORIES = 12;

const task = z.looseObject({
  id: z.string(),
  version: z.number(),
  title: z.string(),
  status: z.enum(['open', 'done']),
});
const entry = z.looseObject({
  eventId: z.string(),
  source: z.string(),
  type: z.string(),
  taskId: z.string().nullable(),
  version: z.number().nullable(),
  at: z.string(),
  task: task.nullable(),
  before: task.nullable(),
});
const notice = z.looseObject({
  id: z.string(),
  taskId: z.string().nullable(),
  kind: z.string(),
  late: z.boolean(),
  at: z.string(),
  deliveries: z.array(
    z.looseObject({ channel: z.string(), status: z.string(), late: z.boolean() }),
  ),
});
const status = z.looseObject({
  outbox: z.number(),
  services: z.array(z.looseObject({ service: z.string(), ready: z.boolean() })),
});
const deadLetters = z.looseObject({
  items: z.array(
    z.looseObject({
      service: z.string(),
      eventId: z.string(),
      eventType: z.string(),
      reason: z.string(),
    }),
  ),
  unreachable: z.array(z.string()),
});

/** The answer could not be had or not be read. */
export class CollectError extends Error {
  override readonly name = 'CollectError';
}

/** All that the API shows of one person. @throws CollectError */
export async function viewOf(send: Send): Promise<PersonView> {
  const audit = await auditOf(send);
  const tasks = await pages(send, '/api/v1/tasks?status=all', task);
  const notices = await pages(send, '/api/v1/notifications', notice);
  const histories: Record<string, AuditEntry[]> = {};
  for (const taskId of busiest(audit)) histories[taskId] = await historyOf(send, taskId);
  return {
    ...{ audit, histories },
    tasks: tasks as unknown as ListedTask[],
    notices: notices as unknown as Notice[],
  };
}

/** The whole audit of one person, as exported. @throws CollectError, or what is wrong with an entry */
export async function auditOf(send: Send): Promise<AuditEntry[]> {
  const text = await get(send, '/api/v1/audit/export?format=ndjson');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => entry.parse(JSON.parse(line)) as unknown as AuditEntry);
}

/** A task's own history as it is answered; empty for a task that the backend does not know (any more). */
async function historyOf(send: Send, taskId: string): Promise<AuditEntry[]> {
  const path = `/api/v1/audit?taskId=${taskId}`;
  const { status: found } = await send({ method: 'GET', path });
  if (found === 404) return [];
  return (await pages(send, path, entry)) as unknown as AuditEntry[];
}

/** The views of several people. @throws CollectError */
export async function viewsOf(
  people: readonly { name: string; send: Send }[],
): Promise<Record<string, PersonView>> {
  const views: Record<string, PersonView> = {};
  await parallel(AT_ONCE, people, async ({ name, send }) => {
    views[name] = await viewOf(send);
  });
  return views;
}

/** What only operators see. @throws CollectError */
export async function operatorsView(
  send: Send,
): Promise<Pick<Evidence, 'deadLetters' | 'outbox' | 'notReady'>> {
  const read = status.parse(JSON.parse(await get(send, '/api/v1/ops/status')));
  const letters = deadLetters.parse(
    JSON.parse(await get(send, '/api/v1/ops/dead-letters?status=waiting&limit=500')),
  );
  const notReady = read.services.filter(({ ready }) => !ready).map(({ service }) => service);
  return {
    deadLetters: letters.items,
    outbox: read.outbox,
    notReady: [...new Set([...notReady, ...letters.unreachable])],
  };
}

/** Tasks with the most changes: where an order can be wrong. Not deleted ones: a withdrawn occurrence is erased, history and all. */
function busiest(audit: readonly AuditEntry[]): string[] {
  const counts = [...Map.groupBy(audit, ({ taskId }) => taskId ?? '')]
    .filter(([taskId, entries]) => taskId !== '' && entries.length > 1)
    .filter(([, entries]) => !entries.some(({ type }) => type === 'todo.task.deleted.v1'))
    .sort(([, a], [, b]) => b.length - a.length);
  return counts.slice(0, HISTORIES).map(([taskId]) => taskId);
}

async function get(send: Send, path: string): Promise<string> {
  const answer = await send({ method: 'GET', path });
  if (answer.status !== 200)
    throw new CollectError(`GET ${path}: ${answer.status} ${answer.text.slice(0, 200)}`);
  return answer.text;
}

async function pages<T>(send: Send, path: string, item: z.ZodType<T>): Promise<T[]> {
  const page = z.object({ items: z.array(item), nextCursor: z.string().nullish() });
  const items: T[] = [];
  for (let cursor: string | null | undefined; ;) {
    const mark = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
    const joint = path.includes('?') ? '&' : '?';
    const next = page.parse(JSON.parse(await get(send, `${path}${joint}limit=${PAGE}${mark}`)));
    items.push(...next.items);
    cursor = next.nextCursor;
    if (!cursor) return items;
  }
}
