// The event-flow suite: what a user's change sets in motion, seen only through the public API, while parts are killed,
// events arrive twice, and some can't be read at all.
// Long because its tests share one running system, one account and an order: what kills parts comes last.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiOf, type Api, type HistoryEntry, type Task } from './api.ts';
import { BAD_TASKS } from './bad-input.ts';
import { effectTimes, effectTimesText } from './effect-times.ts';
import { nameOf, type Hooks, type ServiceName, type Victim } from '../targets/hooks.ts';
import { topicView } from './kafka-view.ts';
import { parallel } from './parallel.ts';
import type { Target } from '../targets/target.ts';
import { describeErasure } from './erasure.ts';
import { describeRestart } from './restart.ts';
import { describeSleep } from './sleep.ts';
import { describeTrace } from './trace.ts';

const DAY_MS = 86_400_000;
/** What an event sets in motion is seen within this time, ms; usually it takes a few tens. */
const SOON = { timeout: 20_000, interval: 200 };
/** As long, but for what has to wait for a killed part and its back-off. */
const AFTER_CRASH = { timeout: 90_000, interval: 500 };
/** "Healthy again by itself" may take this long, ms. */
const HEALTHY_WITHIN_MS = 30_000;
/** How long nothing more may happen before a count is called final, ms. */
const SETTLED_MS = 2_000;
/** Tasks in a burst; each is created and completed: twice as many task events. */
const BURST_TASKS = 100;
const BURST_PARALLEL = 8;
/** Completions whose effects are timed. */
const COUNTED_EVENTS = 50;

const TASK_EVENT = /^todo\.task\./;

/**
 * Declares the suite for a system.
 * @param open finds or starts the system; called once, before the first test
 * @param what what can be tested there (hooks decide); known before the system runs
 */
export function describeEventFlow(
  name: string,
  open: () => Promise<Target>,
  what: {
    victims: readonly Victim[];
    rawEvents: boolean;
    kafka: boolean;
    operator: boolean;
    restart: boolean;
    logs: boolean;
    sleep: boolean;
    erasure: boolean;
  },
): void {
  describe(name, () => {
    let target: Target;

    beforeAll(async () => {
      target = await open();
    });
    afterAll(async () => {
      await (target as Target | undefined)?.stop();
    });

    let shared: Promise<Api> | undefined;
    /** One account for every test that looks only at its own tasks: sign-ups are limited. */
    const anyone = (): Promise<Api> => (shared ??= someone());

    async function someone(): Promise<Api> {
      const token = await target.token('user');
      if (token === undefined) throw new Error('no token for a user');
      return apiOf(target.baseUrl, token);
    }

    async function operator(): Promise<Api> {
      const token = await target.token('operator');
      if (token === undefined) throw new Error('no token for an operator');
      return apiOf(target.baseUrl, token);
    }

    function hook<K extends keyof Hooks>(key: K): NonNullable<Hooks[K]> {
      const found = target.hooks[key];
      if (!found) throw new Error(`this test needs the hook ${key}`);
      return found;
    }

    describe('a daily task with a reminder', () => {
      let api: Api;
      let task: Task;

      beforeAll(async () => {
        api = await someone();
        const soon = new Date(Date.now() + 3_000).toISOString();
        task = await api.create({
          title: 'Water the plants 🌱',
          due: { kind: 'instant', at: new Date(Date.now() + 3_600_000).toISOString() },
          recurrence: { rule: 'FREQ=DAILY' },
          reminders: [{ at: soon }],
        });
      });

      test('its creation reaches the history', async () => {
        await expect.poll(() => typesOf(api, task.id), SOON).toContain('todo.task.created.v1');
      });

      test('its reminder becomes one notification', async () => {
        await expect.poll(() => remindersOf(api, task.id), SOON).toHaveLength(1);
        await pause(SETTLED_MS);
        expect(await remindersOf(api, task.id)).toHaveLength(1);
      });

      test('its completion makes exactly one next occurrence, and open pages receive it', async () => {
        const live = await api.live(SOON.timeout);
        const completed = await api.complete(task.id);
        expect(completed.status).toBe('done');
        await expect.poll(() => seriesOf(api, task), SOON).toHaveLength(2);
        const next = (await seriesOf(api, task)).find((one) => one.id !== task.id)!;
        expect(next).toMatchObject({ title: task.title, status: 'open', occurrence: 2 });
        expect(Date.parse(next.dueAt!) - Date.parse(task.dueAt!)).toBe(DAY_MS);
        await live.until((text) => text.includes(next.id));
        await pause(SETTLED_MS);
        expect(await seriesOf(api, task)).toHaveLength(2);
      });

      test('the history has everything once, in the order it happened', async () => {
        const expected = [
          'todo.task.created.v1',
          'todo.reminder.due.v1',
          'todo.notification.created.v1',
          'todo.task.completed.v1',
        ];
        await expect
          .poll(
            async () => (await typesOf(api, task.id)).filter((type) => expected.includes(type)),
            SOON,
          )
          .toEqual(expected);
      });
    });

    test('twenty quick changes appear in the history in order, each once', async () => {
      const api = await anyone();
      let task = await api.create({ title: 'change 0' });
      for (let change = 1; change <= 20; change++)
        task = await api.rename(task, `change ${change}`);
      const versions = async (): Promise<(number | null | undefined)[]> =>
        taskEvents(await api.history(task.id)).map((entry) => entry.version);
      await expect
        .poll(versions, SOON)
        .toEqual(Array.from({ length: 21 }, (_, index) => index + 1));
    });

    // Reported, not judged: a slow machine is not a fault. `.ci/cluster measure` judges it.
    test('fifty completions, one after the other: each has its effect, and the time is reported', async () => {
      const api = await anyone();
      const series = new Set<string | null>();
      for (let number = 0; number < COUNTED_EVENTS; number++) {
        const task = await api.create(dailyTask(`counted ${number}`));
        series.add(task.seriesId);
        await api.complete(task.id);
      }
      const both = async (): Promise<Task[]> =>
        (await api.tasks()).filter(({ seriesId }) => series.has(seriesId));
      await expect.poll(async () => (await both()).length, SOON).toBe(2 * COUNTED_EVENTS);
      const times = effectTimes(await both());
      expect(times.count).toBe(COUNTED_EVENTS);
      console.log(`  ${effectTimesText(times)} (${COUNTED_EVENTS} events)`);
    });

    test('completed twice at once, reopened and completed again: one next occurrence', async () => {
      const api = await anyone();
      const task = await api.create(dailyTask('double click'));
      await Promise.allSettled([
        api.complete(task.id),
        api.complete(task.id),
        api.complete(task.id),
      ]);
      await expect.poll(() => seriesOf(api, task), SOON).toHaveLength(2);
      const { status } = await api.raw('POST', `/tasks/${task.id}/reopen`);
      expect(status).toBeLessThan(500);
      await api.complete(task.id);
      const second = async (): Promise<Task[]> =>
        (await seriesOf(api, task)).filter((one) => one.occurrence === 2);
      await expect.poll(second, SOON).toHaveLength(1); // reopening removed the first one
      await pause(SETTLED_MS);
      expect(await second()).toHaveLength(1);
    });

    describe.skipIf(!what.rawEvents)('an event that arrives more than once', () => {
      test('B01: published twice, it has one effect', async () => {
        const api = await anyone();
        const task = await api.create(dailyTask('published twice'));
        await expect.poll(() => typesOf(api, task.id), SOON).toHaveLength(1);
        const event = eventOf('todo.task.updated.v1', task, (await api.me()).id);
        await Promise.all([
          hook('publish')('task-events', event),
          hook('publish')('task-events', event),
        ]);
        await hook('publish')('task-events', event);
        await expect.poll(() => countOf(api, task.id, event.id), SOON).toBe(1);
        await pause(SETTLED_MS);
        expect(await countOf(api, task.id, event.id)).toBe(1);
      });

      test('B01: handed to a consumer ten times at once, it has one effect, and every delivery is acknowledged', async () => {
        const api = await anyone();
        const task = await api.create(dailyTask('delivered at once'));
        await expect.poll(() => typesOf(api, task.id), SOON).toHaveLength(1);
        const event = eventOf('todo.task.updated.v1', task, (await api.me()).id);
        const answers = await Promise.all(
          Array.from({ length: 10 }, () => hook('deliver')('audit', 'task-events', event)),
        );
        for (const answer of answers) {
          expect(answer).toMatchObject({ status: 200, body: { status: 'SUCCESS' } });
        }
        expect(await countOf(api, task.id, event.id)).toBe(1);
        const again = await hook('deliver')('audit', 'task-events', event);
        expect(again).toMatchObject({ status: 200, body: { status: 'SUCCESS' } });
        expect(await countOf(api, task.id, event.id)).toBe(1);
      });

      test('B01: the same id from another source is another event', async () => {
        const api = await anyone();
        const task = await api.create(dailyTask('two sources'));
        const event = eventOf('todo.task.updated.v1', task, (await api.me()).id);
        await hook('deliver')('audit', 'task-events', event);
        await hook('deliver')('audit', 'task-events', { ...event, source: '/todo/another' });
        expect(await countOf(api, task.id, event.id)).toBe(2);
      });

      test('A08: a completion published again under three ids makes one next occurrence', async () => {
        const api = await anyone();
        const task = await api.create(dailyTask('completed thrice'));
        const done = await api.complete(task.id);
        await expect.poll(() => seriesOf(api, task), SOON).toHaveLength(2);
        const me = (await api.me()).id;
        for (let copy = 0; copy < 3; copy++) {
          await hook('publish')('task-events', eventOf('todo.task.completed.v1', done, me));
        }
        await pause(SETTLED_MS);
        expect(await seriesOf(api, task)).toHaveLength(2);
      });
    });

    describe.skipIf(!what.rawEvents || !what.operator)('an event that cannot be handled', () => {
      test('becomes a dead letter of each consumer, holds up nothing, and can be discarded', async () => {
        const [api, ops] = [await anyone(), await operator()];
        const task = await api.create({ title: 'poison' });
        const poison = eventOf('todo.task.exploded.v9', task, (await api.me()).id);
        await hook('publish')('task-events', poison);
        const healthy = await api.create({ title: 'behind the poison' });
        await expect.poll(() => typesOf(api, healthy.id), SOON).toContain('todo.task.created.v1');

        const letters = async (): Promise<string[]> =>
          (await ops.deadLetters('waiting'))
            .filter((letter) => letter.eventId === poison.id)
            .map((letter) => letter.service)
            .sort();
        const consumers = ['audit-service', 'notification-service', 'recurring-service'];
        await expect.poll(letters, SOON).toEqual(consumers);
        const [letter] = (await ops.deadLetters('waiting')).filter(
          (one) => one.eventId === poison.id,
        );
        expect(letter!.reason).toContain('todo.task.exploded.v9');
        expect(letter!.topic).toContain('task-events');

        if (what.kafka) {
          const seen = await topicView(hook('brokers'), 'task-events.audit-service.dead');
          expect(seen.filter((message) => message.id === poison.id)).toHaveLength(1);
        }
        expect(await ops.replay(letter!)).toBeGreaterThanOrEqual(400); // still unreadable: it stays
        expect(await letters()).toEqual(consumers);
        for (const one of await ops.deadLetters('waiting')) {
          if (one.eventId === poison.id) expect(await ops.discard(one)).toBe(200);
        }
        expect(await letters()).toEqual([]);
      });

      test('and is replayed with one effect once it can be', async () => {
        const [api, ops] = [await anyone(), await operator()];
        const task = await api.create({ title: 'replayed' });
        const event = eventOf('todo.task.updated.v1', task, (await api.me()).id);
        await hook('deliver')('audit', 'dead', { ...event, topic: 'task-events' });
        const waiting = async (): Promise<string[]> =>
          (await ops.deadLetters('waiting')).map((letter) => letter.eventId);
        await expect.poll(waiting, SOON).toContain(event.id);
        const letter = (await ops.deadLetters('waiting')).find((one) => one.eventId === event.id)!;
        expect(await countOf(api, task.id, event.id)).toBe(0);
        expect(await ops.replay(letter)).toBe(200);
        expect(await countOf(api, task.id, event.id)).toBe(1);
        expect(await waiting()).not.toContain(event.id);
        await ops.replay(letter);
        expect(await countOf(api, task.id, event.id)).toBe(1);
      });

      test('is shown to operators only', async () => {
        const api = await anyone();
        expect((await api.raw('GET', '/ops/dead-letters')).status).toBe(403);
      });
    });

    describe('bad input', () => {
      let api: Api;
      beforeAll(async () => {
        api = await someone();
      });

      test.each(BAD_TASKS)(
        '$name is refused by name, and nothing is stored',
        async ({ body, field }) => {
          const response = await api.raw('POST', '/tasks', body);
          const problem = (await response.json()) as {
            errors?: { field: string; message: string }[];
          };
          expect({ ...problem, status: response.status }).toMatchObject({ status: 400 });
          expect(response.headers.get('content-type')).toContain('application/problem+json');
          expect(problem.errors?.map((error) => error.field).join(' ')).toContain(field);
          expect(await api.tasks()).toEqual([]);
        },
      );

      test('an id of another user is not found, whatever is done with it, and nothing changes', async () => {
        const owner = await anyone();
        const task = await owner.create({ title: 'mine' });
        const match = { 'if-match': `"${task.version}"` };
        const attempts: [string, string, (string | undefined)?, Record<string, string>?][] = [
          ['GET', ''],
          ['GET', '/history'],
          ['PATCH', '', '{"title":"yours"}', match],
          ['POST', '/complete'],
          ['POST', '/reopen'],
          ['POST', '/restore'],
          ['DELETE', '', undefined, match],
        ];
        for (const [method, path, body, headers] of attempts) {
          const response = await api.raw(method, `/tasks/${task.id}${path}`, body, headers);
          expect(`${method} ${path} ${response.status}`).toBe(`${method} ${path} 404`);
          expect(response.headers.get('content-type')).toContain('application/problem+json');
          expect(await response.text()).not.toContain('mine');
        }
        expect(await owner.get(task.id)).toEqual(task);
        expect(await api.tasks()).toEqual([]);
      });

      test('without a token nothing is answered but 401', async () => {
        const stranger = apiOf(target.baseUrl, 'none');
        for (const path of ['/tasks', '/notifications', '/me', '/live', '/ops/dead-letters']) {
          const response = await stranger.raw('GET', path);
          expect(`${path} ${response.status}`).toBe(`${path} 401`);
          expect(response.headers.get('content-type')).toContain('application/problem+json');
        }
      });
    });

    test.skipIf(!what.kafka)(
      "Kafka's own view: a task's events are in one partition, in order",
      async () => {
        const api = await anyone();
        let task = await api.create({ title: 'in kafka 0' });
        for (let change = 1; change <= 5; change++)
          task = await api.rename(task, `in kafka ${change}`);
        await expect.poll(() => typesOf(api, task.id), SOON).toHaveLength(6);
        const mine = (await topicView(hook('brokers'), 'task-events')).filter(
          (message) => message.subject === task.id,
        );
        expect(mine.map((message) => message.version)).toEqual([1, 2, 3, 4, 5, 6]);
        expect(new Set(mine.map((message) => message.partition)).size).toBe(1);
      },
    );

    describeErasure(() => target, what.erasure);
    describeTrace(() => target, what.logs);
    describeRestart(() => target, what.restart);
    describeSleep(() => target, what.sleep);

    // `kill -9` in the middle of 200 events, one part after the other: each event has its effect, none has two.
    describe.each(what.victims.map((victim) => [nameOf(victim), victim] as const))(
      'kill -9 of the %s during 200 events',
      (_name, victim) => {
        test('all effects, none twice, healthy again by itself within 30 s', async () => {
          const api = await someone();
          const numbers = Array.from({ length: BURST_TASKS }, (_, index) => index);
          let killed: Promise<number> | undefined;
          const tasks = await parallel(BURST_PARALLEL, numbers, async (number) => {
            const task = await api.create(dailyTask(`burst ${number}`));
            if (number === Math.floor(BURST_TASKS / 3)) killed = killAndHeal(target.hooks, victim);
            await api.completeOnce(task.id);
            return task;
          });
          const healedMs = await killed!;
          expect(healedMs).toBeLessThan(HEALTHY_WITHIN_MS);
          console.log(`  ${nameOf(victim)}: healthy again after ${healedMs} ms`);

          await expect
            .poll(async () => (await api.tasks()).length, AFTER_CRASH)
            .toBeGreaterThanOrEqual(2 * BURST_TASKS);
          await expect.poll(() => missingHistory(api, tasks), AFTER_CRASH).toEqual([]);
          await pause(SETTLED_MS);
          const all = await api.tasks();
          const nexts = all.filter((task) => task.occurrence === 2);
          expect(all).toHaveLength(2 * BURST_TASKS);
          expect(new Set(nexts.map((task) => task.seriesId)).size).toBe(BURST_TASKS);
          for (const task of tasks) {
            const types = taskEvents(await api.history(task.id)).map((entry) => entry.type);
            expect(types).toEqual(['todo.task.created.v1', 'todo.task.completed.v1']);
          }
        });
      },
    );

    test.skipIf(!what.operator || what.victims.length === 0)(
      'after all that, no dead letter waits',
      async () => {
        const waiting = await (await operator()).deadLetters('waiting');
        expect(
          waiting.map((letter) => `${letter.service} ${letter.topic}: ${letter.reason}`),
        ).toEqual([]);
      },
    );
  });
}

function dailyTask(title: string): Parameters<Api['create']>[0] {
  return {
    title,
    due: { kind: 'instant', at: new Date(Date.now() + 3_600_000).toISOString() },
    recurrence: { rule: 'FREQ=DAILY' },
  };
}

/** A task event that the backend could have published. */
function eventOf(type: string, task: Task, userId: string): { id: string; source: string } {
  const now = new Date().toISOString();
  const fields = {
    specversion: '1.0',
    id: randomUUID(),
    source: '/todo/todo-backend',
    type,
    subject: task.id,
    time: now,
    datacontenttype: 'application/json',
    data: {
      userId,
      taskId: task.id,
      version: task.version,
      actor: { kind: 'user', id: userId },
      at: now,
      task,
      before: task,
    },
  };
  return fields;
}

/** Kills, then measures how long until everything is healthy again, in ms. */
async function killAndHeal(hooks: Hooks, victim: Victim): Promise<number> {
  const since = Date.now();
  await hooks.kill!(victim);
  await hooks.waitUntilHealthy!(HEALTHY_WITHIN_MS * 2);
  return Date.now() - since;
}

function taskEvents(history: readonly HistoryEntry[]): HistoryEntry[] {
  return history.filter((entry) => TASK_EVENT.test(entry.type));
}

async function typesOf(api: Api, id: string): Promise<string[]> {
  return (await api.history(id)).map((entry) => entry.type);
}

async function countOf(api: Api, id: string, eventId: string): Promise<number> {
  return (await api.history(id)).filter((entry) => entry.eventId === eventId).length;
}

async function remindersOf(api: Api, taskId: string): Promise<unknown[]> {
  return (await api.notifications()).filter(
    (notification) => notification.taskId === taskId && notification.kind === 'reminder',
  );
}

async function seriesOf(api: Api, task: Task): Promise<Task[]> {
  return (await api.tasks()).filter(
    (one) => one.id === task.id || (task.seriesId !== null && one.seriesId === task.seriesId),
  );
}

/** Tasks whose creation and completion are not both in the history yet. */
async function missingHistory(api: Api, tasks: readonly Task[]): Promise<string[]> {
  const missing: string[] = [];
  await parallel(BURST_PARALLEL, tasks, async (task) => {
    if (taskEvents(await api.history(task.id)).length < 2) missing.push(task.title);
  });
  return missing;
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

/** Every part whose kill is tried, of those a system allows. */
export function victimsOf(kinds: readonly Victim['kind'][]): Victim[] {
  const consumers: ServiceName[] = ['recurring', 'audit'];
  const all: Victim[] = [
    ...consumers.map((service) => ({ kind: 'service' as const, service })),
    { kind: 'service', service: 'backend' },
    { kind: 'sidecar', service: 'recurring' },
    { kind: 'sidecar', service: 'backend' },
    { kind: 'component', service: 'recurring' },
    { kind: 'component', service: 'backend' },
    { kind: 'database' },
    { kind: 'broker' },
  ];
  return all.filter((victim) => kinds.includes(victim.kind));
}
