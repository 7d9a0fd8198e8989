// What people see: live streams without gap or double, lists that agree with the audit, and nothing left over.
import type { Evidence, LiveEvent, Violation } from '../evidence.ts';
import { changesByTask } from './effects.ts';

/** Consumers of the topic that poison is published to. */
const CONSUMERS = ['audit-service', 'notification-service', 'recurring-service'];

/** Each stream has every number once, in order, and told of exactly what the audit and the list of notifications have. */
export function liveStreamsAreExact({ live, persons }: Evidence): Violation[] {
  return Object.entries(live).flatMap(([person, events]) =>
    [...Map.groupBy(events, (event) => event.stream)].flatMap(([stream, mine]) => [
      ...numbering(mine).map((one) => ({ ...one, person, message: `${stream}: ${one.message}` })),
      ...contents(mine, persons[person]).map((one) => ({
        ...one,
        person,
        message: `${stream}: ${one.message}`,
      })),
    ]),
  );
}

function numbering(events: readonly LiveEvent[]): Violation[] {
  const found: Violation[] = [];
  let last: number | undefined;
  for (const { id, event, at, data } of events) {
    const taskId = typeof data['taskId'] === 'string' ? { taskId: data['taskId'] } : {};
    if (event === 'gap')
      found.push({
        at,
        invariant: 'live-gap',
        message: 'it said that earlier events cannot be replayed',
      });
    if (id === null) continue;
    if (last !== undefined && id !== (event === 'ready' ? last : last + 1))
      found.push({
        at,
        ...taskId,
        invariant: id > last ? 'live-gap' : 'live-double',
        message: `event ${id} came after event ${last}`,
      });
    last = id;
  }
  return found;
}

function contents(
  events: readonly LiveEvent[],
  view: Evidence['persons'][string] | undefined,
): Violation[] {
  if (!view) return [];
  const changes = [...changesByTask(view).values()].flat();
  const wanted = new Map<string, string | undefined>();
  for (const { taskId, version, type } of changes)
    wanted.set(`${type} ${String(taskId)} ${String(version)}`, taskId ?? undefined);
  for (const { id, taskId } of view.notices) wanted.set(`notification ${id}`, taskId ?? undefined);
  const found: Violation[] = [];
  const shown = new Set<string>();
  for (const { event, data, at } of events) {
    const key =
      event === 'task'
        ? `${String(data['type'])} ${String(data['taskId'])} ${String(data['version'])}`
        : event === 'notification'
          ? `notification ${String(data['notificationId'])}`
          : undefined;
    if (key === undefined) continue;
    const taskId = wanted.get(key);
    if (shown.has(key))
      found.push({ at, ...named(taskId), invariant: 'live-double', message: `${key} came twice` });
    else if (!wanted.has(key))
      found.push({
        at,
        ...(typeof data['taskId'] === 'string' && { taskId: data['taskId'] }),
        invariant: 'live-of-nothing',
        message: `${key} was shown, and is neither in the audit nor among the notifications`,
      });
    shown.add(key);
  }
  for (const [key, taskId] of wanted)
    if (!shown.has(key))
      found.push({
        ...named(taskId),
        invariant: 'live-missing',
        message: `${key} was never shown`,
      });
  return found;
}

function named(taskId: string | undefined): { taskId?: string } {
  return taskId === undefined ? {} : { taskId };
}

/** Tasks made, less those deleted, are those listed; and each is listed as its last event says. */
export function balancesHold({ persons }: Evidence): Violation[] {
  return Object.entries(persons).flatMap(([person, view]) => {
    const found: Violation[] = [];
    const listed = new Map(view.tasks.map((task) => [task.id, task]));
    if (listed.size !== view.tasks.length)
      found.push({
        person,
        invariant: 'balance',
        message: `${view.tasks.length} tasks are listed, and only ${listed.size} have an id of their own`,
      });
    const living = new Set<string>();
    for (const [taskId, entries] of changesByTask(view)) {
      const last = entries.at(-1);
      const task = listed.get(taskId);
      if (last?.task === null || last === undefined) {
        if (task)
          found.push({
            person,
            taskId,
            invariant: 'balance',
            message: 'a task is listed, and its last event says that it was deleted',
          });
        continue;
      }
      living.add(taskId);
      if (!task)
        found.push({
          person,
          taskId,
          at: Date.parse(last.at),
          invariant: 'event-without-row',
          message: `a task has events up to version ${String(last.version)}, and is not listed`,
        });
      else if (task.version !== last.version || task.title !== last.task.title)
        found.push({
          person,
          taskId,
          at: Date.parse(last.at),
          invariant: 'row-without-event',
          message: `a task is listed with version ${task.version}, and its last event is of version ${String(last.version)}`,
        });
    }
    for (const { id, title } of view.tasks)
      if (!living.has(id) && !found.some((one) => one.taskId === id))
        found.push({
          person,
          taskId: id,
          invariant: 'row-without-event',
          message: `"${title}" is listed, and the audit has no event of it`,
        });
    return found;
  });
}

/** Outbox empty, every service ready, and each dead letter an event that was published to become one. */
export function nothingIsLeftOver(evidence: Evidence): Violation[] {
  const { deadLetters, poison, outbox, notReady } = evidence;
  const found: Violation[] = [];
  if (outbox > 0)
    found.push({ invariant: 'outbox-empty', message: `${outbox} events wait in the outbox` });
  if (notReady.length > 0)
    found.push({ invariant: 'healthy', message: `not ready: ${notReady.join(', ')}` });
  for (const letter of deadLetters) {
    if (poison.some(({ id }) => id === letter.eventId)) continue;
    found.push({
      invariant: 'dead-letter-explained',
      message: `${letter.service} gave up on ${letter.eventType} ${letter.eventId}: ${letter.reason}`,
    });
  }
  for (const { id: eventId, certain } of poison) {
    const services = deadLetters
      .filter((letter) => letter.eventId === eventId)
      .map(({ service }) => service)
      .sort();
    if (services.length === 0 && !certain) continue;
    if (services.join() !== CONSUMERS.join())
      found.push({
        invariant: 'dead-letter-kept',
        message: `the unreadable event ${eventId} is a dead letter of [${services.join(', ')}] instead of [${CONSUMERS.join(', ')}]`,
      });
  }
  return found;
}
