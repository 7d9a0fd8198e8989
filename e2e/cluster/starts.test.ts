// What starts before that which it needs: it waits, serves nothing it can't serve, and needs nobody's hand afterwards.
import { setTimeout as sleep } from 'node:timers/promises';
import { isReady } from '@todo/deploy/steps/pods';
import { DAPR_PARTS } from '@todo/deploy/system';
import { describe, expect, onTestFinished, test } from 'vitest';
import { kubectl } from '../targets/kubectl.ts';
import { releaseOf, revisions, someone, startDeploy, underTest, type Variant } from './variants.ts';

const { images, variants } = underTest();
const MINUTES = 60_000;
/** How late database and broker come. */
const LATE_MS = 60_000;
/** Kubernetes waits up to this long before it starts a container again that ended some times, and then it has to start. */
const HEALTHY_WITHIN_MS = 240_000;
const SERVICES = DAPR_PARTS.map((part) => part.chart);
const DAPR = 'dapr-system';
const INJECTOR = 'dapr-sidecar-injector';

/** kubectl's arguments for the pods of a chart, or of what else has that name. */
function podsNamed(name: string, where: string): string[] {
  return ['pods', '-n', where, '-l', `app.kubernetes.io/name=${name}`];
}

async function scale(kind: 'sts' | 'deploy', name: string, where: string, replicas: number) {
  await kubectl(['scale', kind, name, '-n', where, `--replicas=${replicas}`]);
}

async function readyServices(variant: Variant): Promise<string[]> {
  const release = releaseOf(variant);
  const ready = await Promise.all(
    SERVICES.map(async (name) => (await release.podsOf(name)).some(isReady)),
  );
  return SERVICES.filter((_, index) => ready[index]);
}

// Both at once: they mostly wait.
describe.concurrent.each(variants)('environment $env', (variant) => {
  test(
    'B07: every pod starts a minute before database and broker: refused meanwhile, then all is well by itself',
    async ({ expect }) => {
      const { namespace, databaseNamespace } = variant;
      const release = releaseOf(variant);
      const needs: [string, string][] = [['postgresql', databaseNamespace]];
      if (variant.env === 'local') needs.push(['redpanda', namespace]);
      onTestFinished(async () => {
        for (const [name, where] of needs) await scale('sts', name, where, 1);
      });
      for (const [name, where] of needs) {
        await scale('sts', name, where, 0);
        await kubectl(['wait', ...podsNamed(name, where), '--for=delete', '--timeout=90s']);
      }
      for (const name of [...SERVICES, 'todo-frontend']) {
        await kubectl(['delete', ...podsNamed(name, namespace), '--wait=true', '--timeout=120s']);
      }
      const until = Date.now() + LATE_MS;
      while (Date.now() < until) {
        expect(await readyServices(variant)).toEqual([]);
        const answer = await fetch(`${variant.baseUrl}/api/v1/tasks`).catch(() => undefined);
        expect(answer?.status ?? 503).toBeGreaterThanOrEqual(401); // nobody's, or not now
        await sleep(5_000);
      }
      for (const [name, where] of needs) await scale('sts', name, where, 1);
      const since = Date.now();
      await release.waitUntilHealthy(HEALTHY_WITHIN_MS);
      const healthyAfter = Date.now() - since;

      const api = await someone(variant);
      const task = await api.create({
        title: 'after a late start',
        due: { kind: 'instant', at: new Date(Date.now() + 3_600_000).toISOString() },
        recurrence: { rule: 'FREQ=DAILY' },
      });
      await api.completeOnce(task.id);
      await expect
        .poll(async () => (await api.tasks()).length, { timeout: 60_000, interval: 500 })
        .toBe(2);
      console.log(
        `  ${variant.env}: healthy ${(healthyAfter / 1000).toFixed(0)} s after database and broker began to start`,
      );
    },
    10 * MINUTES,
  );
});

describe('D08: Dapr’s injector is away', () => {
  const [variant] = variants;
  if (variant === undefined) throw new Error('no release under test');
  const { namespace } = variant;
  const containersOf = async (): Promise<string[]> => {
    const [pod] = await releaseOf(variant).podsOf('audit-service');
    return [...(pod?.spec.containers ?? []), ...(pod?.spec.initContainers ?? [])].map(
      ({ name }) => name,
    );
  };

  test(
    'a pod made then is never ready; a deploy changes nothing and says why; the next one after it is back replaces the pod',
    async () => {
      const comesBack = async (): Promise<void> => {
        await scale('deploy', INJECTOR, DAPR, 1);
        await kubectl(['rollout', 'status', `deploy/${INJECTOR}`, '-n', DAPR, '--timeout=120s']);
      };
      onTestFinished(comesBack);
      await scale('deploy', INJECTOR, DAPR, 0);
      const injector = ['pods', '-n', DAPR, '-l', `app=${INJECTOR}`];
      await kubectl(['wait', ...injector, '--for=delete', '--timeout=90s']);
      await kubectl([
        'delete',
        ...podsNamed('audit-service', namespace),
        '--wait=true',
        '--timeout=120s',
      ]);
      await expect.poll(containersOf, { timeout: 30_000 }).toEqual(['app']);

      const before = await revisions(variant);
      const failed = await startDeploy(variant, images).ended;
      expect(failed.code, failed.output).toBe(1);
      expect(failed.output).toContain('check that dapr-sidecar-injector is running');
      expect(await revisions(variant)).toEqual(before);
      expect(await readyServices(variant)).not.toContain('audit-service');

      await comesBack();
      const next = await startDeploy(variant, images).ended;
      expect(next.code, next.output).toBe(0);
      expect(next.output).toMatch(/audit-service-\S+ has no sidecar: replacing it/);
      expect(await containersOf()).toContain('daprd');
    },
    12 * MINUTES,
  );
});
