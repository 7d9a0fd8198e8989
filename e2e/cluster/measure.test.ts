// What the limits promise, measured under load: an event has its effect within 2 s (p99), and each container leaves a
// quarter of its memory limit free.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { effectTimes, effectTimesText } from '../suite/effect-times.ts';
import { kubectl } from '../targets/kubectl.ts';
import { startLoad } from './load.ts';
import { someone, underTest } from './variants.ts';

const TASKS = 300;
const COMPLETED_PER_SECOND = 10;
const REQUESTS_PER_SECOND = Number(process.env['CLUSTER_LOAD'] ?? 50);
const EFFECT_WITHIN_MS = 2_000;
const SPARE = 0.25;
const MEBI = 1024 * 1024;

interface Summary {
  pods: {
    podRef: { namespace: string; name: string };
    containers: { name: string; memory?: { workingSetBytes?: number } }[];
  }[];
}
interface Containers {
  name: string;
  resources?: { limits?: { memory?: string } };
}

/** Bytes that each container of a namespace uses now, by chart and container; the most of its replicas. */
async function memoryIn(namespace: string): Promise<Map<string, number>> {
  const nodes = (await kubectl(['get', 'nodes', '-o', 'name'])).trim().split('\n');
  const used = new Map<string, number>();
  for (const node of nodes) {
    const path = `/api/v1/nodes/${node.replace('node/', '')}/proxy/stats/summary`;
    const { pods } = JSON.parse(await kubectl(['get', '--raw', path])) as Summary;
    for (const { podRef, containers } of pods) {
      if (podRef.namespace !== namespace) continue;
      for (const { name, memory } of containers) {
        const key = `${podRef.name.replace(/-[a-z0-9]+-[a-z0-9]{5}$/, '')} ${name}`;
        used.set(key, Math.max(used.get(key) ?? 0, memory?.workingSetBytes ?? 0));
      }
    }
  }
  return used;
}

/** Memory limits in bytes by the same names. */
async function limitsIn(namespace: string): Promise<Map<string, number>> {
  const text = await kubectl(['get', 'pods', '-n', namespace, '-o', 'json']);
  const { items } = JSON.parse(text) as {
    items: {
      metadata: { name: string };
      spec: { containers: Containers[]; initContainers?: Containers[] };
    }[];
  };
  return new Map(
    items.flatMap(({ metadata, spec }) =>
      [...spec.containers, ...(spec.initContainers ?? [])].map(({ name, resources }) => {
        const limit = /^(\d+)(Mi|Gi)$/.exec(resources?.limits?.memory ?? '');
        const mebi = Number(limit?.[1] ?? 0) * (limit?.[2] === 'Gi' ? 1024 : 1);
        return [`${metadata.name.replace(/-[a-z0-9]+-[a-z0-9]{5}$/, '')} ${name}`, mebi * MEBI];
      }),
    ),
  );
}

describe.each(underTest().variants)('environment $env', (variant) => {
  test(`events have their effect within 2 s (p99), memory stays under three quarters of each limit`, async () => {
    const api = await someone(variant);
    const load = startLoad(await someone(variant), REQUESTS_PER_SECOND);
    const highest = new Map<string, number>();
    const measured = new AbortController();
    const watching = (async () => {
      while (!measured.signal.aborted) {
        for (const [name, bytes] of await memoryIn(variant.namespace)) {
          highest.set(name, Math.max(highest.get(name) ?? 0, bytes));
        }
        await sleep(5_000);
      }
    })();
    const completing: Promise<void>[] = [];
    for (let number = 0; number < TASKS; number++) {
      completing.push(
        (async () => {
          const { id } = await api.create({
            title: `measured ${number}`,
            due: { kind: 'instant', at: new Date(Date.now() + 3_600_000).toISOString() },
            recurrence: { rule: 'FREQ=DAILY' },
          });
          await api.complete(id);
        })(),
      );
      await sleep(1_000 / COMPLETED_PER_SECOND);
    }
    await Promise.all(completing);
    await expect
      .poll(async () => (await api.tasks()).length, { timeout: 60_000, interval: 1_000 })
      .toBe(2 * TASKS);
    const effects = effectTimes(await api.tasks());
    measured.abort();
    await watching;
    const { sent, failed } = await load.stop();
    expect(effects.count).toBe(TASKS);
    const limits = await limitsIn(variant.namespace);
    const rows = [...highest].sort().map(([name, bytes]) => {
      const limit = limits.get(name) ?? 0;
      return { name, bytes, limit, share: bytes / limit };
    });
    console.log(
      [
        `  ${variant.env}: ${effectTimesText(effects)} ` +
          `(${TASKS} at ${COMPLETED_PER_SECOND}/s beside ${REQUESTS_PER_SECOND} requests/s, ${failed.length} of ${sent} failed)`,
        ...rows.map(
          ({ name, bytes, limit, share }) =>
            `  ${name}: ${(bytes / MEBI).toFixed(0)} of ${limit / MEBI} MiB (${(share * 100).toFixed(0)} %)`,
        ),
      ].join('\n'),
    );
    expect(failed).toEqual([]);
    expect(rows.length).toBeGreaterThanOrEqual(9);
    expect(rows.filter(({ share }) => !(share <= 1 - SPARE)).map(({ name }) => name)).toEqual([]);
    expect(effects.p99).toBeLessThan(EFFECT_WITHIN_MS);
  });
});
