// 500 events while every part of the system is killed in turn: each has its effect, none has two.
import { describe, test } from 'vitest';
import type { Api, Task } from '../suite/api.ts';
import { nameOf, type ServiceName, type Victim } from '../targets/hooks.ts';
import { parallel } from '../suite/parallel.ts';
import { operatorOf, releaseOf, someone, underTest, type Variant } from './variants.ts';

/** Each is created and completed: two events, and a third for the occurrence that follows. */
const TASKS = 250;
const PARALLEL = 6;
const HEALTHY_WITHIN_MS = 180_000;
const ALL_THERE = { timeout: 240_000, interval: 1_000 };
/** How long nothing more may happen before a count is called final, ms. */
const SETTLED_MS = 5_000;

const SERVICES: readonly ServiceName[] = ['recurring', 'audit', 'notification', 'backend'];

/** Every part, its containers before its pod: a new pod starts without a container's back-off. */
function victimsOf(variant: Variant): Victim[] {
  const kinds =
    variant.env === 'cloud' ? (['sidecar', 'component'] as const) : (['sidecar'] as const);
  return [
    ...kinds.flatMap((kind) => SERVICES.map((service) => ({ kind, service }))),
    { kind: 'database' },
    ...(variant.env === 'local' ? ([{ kind: 'broker' }] as const) : []),
    ...SERVICES.map((service) => ({ kind: 'service' as const, service })),
  ];
}

// Both at once: they mostly wait for what was killed.
describe.concurrent.each(underTest().variants)('environment $env', (variant) => {
  test('500 events under kills of every part: none lost, none with two effects', async ({
    expect,
  }) => {
    const api = await someone(variant);
    const release = releaseOf(variant);
    const victims = victimsOf(variant);
    const tasks: Task[] = [];
    const lines: string[] = [];
    for (const [index, victim] of victims.entries()) {
      const upTo = Math.round(((index + 1) * TASKS) / victims.length);
      const numbers = Array.from({ length: upTo - tasks.length }, (_, one) => tasks.length + one);
      let healed: Promise<number> | undefined;
      const made = await parallel(PARALLEL, numbers, async (number) => {
        if (number === numbers[Math.floor(numbers.length / 3)]) {
          healed = kill(release, victim);
          healed.catch(() => undefined); // read below, after the burst
        }
        const task = await api.create({
          title: `event ${number}`,
          due: { kind: 'instant', at: new Date(Date.now() + 3_600_000).toISOString() },
          recurrence: { rule: 'FREQ=DAILY' },
        });
        await api.completeOnce(task.id);
        return task;
      });
      tasks.push(...made);
      lines.push(
        `  ${nameOf(victim)}: healthy again after ${((await healed!) / 1000).toFixed(1)} s`,
      );
    }
    expect(tasks).toHaveLength(TASKS);

    await expect
      .poll(async () => (await api.tasks()).length, ALL_THERE)
      .toBeGreaterThanOrEqual(2 * TASKS);
    const left = new Set(tasks.map(({ id }) => id));
    await expect
      .poll(async () => {
        await parallel(PARALLEL, [...left], async (id) => {
          if ((await taskEvents(api, id)).length >= 2) left.delete(id);
        });
        return left.size;
      }, ALL_THERE)
      .toBe(0);
    await new Promise((done) => setTimeout(done, SETTLED_MS));

    const all = await api.tasks();
    const nexts = all.filter((task) => task.occurrence === 2);
    expect(all).toHaveLength(2 * TASKS);
    expect(new Set(nexts.map((task) => task.seriesId)).size).toBe(TASKS);
    const histories = await parallel(PARALLEL, tasks, ({ id }) => taskEvents(api, id));
    for (const types of histories) {
      expect(types).toEqual(['todo.task.created.v1', 'todo.task.completed.v1']);
    }
    const waiting = await (await operatorOf(variant)).deadLetters('waiting');
    expect(waiting.map((letter) => `${letter.service} ${letter.topic}: ${letter.reason}`)).toEqual(
      [],
    );
    console.log(
      [`  ${variant.env}: 500 events, ${victims.length} kills, 0 lost, 0 double`, ...lines].join(
        '\n',
      ),
    );
  });
});

async function kill(release: ReturnType<typeof releaseOf>, victim: Victim): Promise<number> {
  const since = Date.now();
  await release.kill(victim);
  await release.waitUntilHealthy(HEALTHY_WITHIN_MS);
  return Date.now() - since;
}

async function taskEvents(api: Api, id: string): Promise<string[]> {
  return (await api.history(id))
    .map((entry) => entry.type)
    .filter((type) => type.startsWith('todo.task.'));
}
