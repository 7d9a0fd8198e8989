// What the status page is made of: versions, replicas and the last hour of every part, also of one that runs an older version.
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noteVersion } from '@todo/runtime/versions';
import { replicasOf } from '../src/ops/replicas.ts';
import { SCHEMA } from '../src/schema.ts';

describe('the status of all parts', () => {
  let t: TestBackend;
  beforeAll(async () => {
    t = await startTestBackend();
  });
  afterAll(() => t.close());
  const status = async () => {
    const headers = { authorization: `Bearer ${await t.token('olga', { role: 'operator' })}` };
    const { body } = await t.ask('olga', 'GET', '/ops/status', undefined, headers);
    return body.services as { service: string; process: unknown; ready: boolean }[];
  };

  it('has the backend’s version, start and last hour', async () => {
    await t.add('olga', { title: 'counted' });
    const [own] = await status();
    expect(own).toMatchObject({
      service: 'todo-backend',
      replicas: null,
      process: { version: 'dev', lastHour: [expect.objectContaining({ failed: 0 })] },
    });
    const { startedAt } = own!.process as { startedAt: string };
    expect(Date.parse(startedAt)).toBeLessThanOrEqual(Date.now());
  });

  it('names the slowest requests with their traces, and the versions that ran', async () => {
    await t.add('olga', { title: 'traced' });
    await noteVersion(t.pool, SCHEMA, '1.4.0');
    await noteVersion(t.pool, SCHEMA, '1.5.0');
    const [own] = await status();
    const { slowest, versions } = own!.process as { slowest: object[]; versions: object[] };
    expect(slowest).toContainEqual({
      at: expect.any(Number) as number,
      ms: expect.any(Number) as number,
      name: 'POST /api/v1/tasks',
      failed: false,
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    });
    expect(versions).toMatchObject([{ version: '1.5.0' }, { version: '1.4.0' }]);
  });

  it('passes on what a part says of itself; an older version, or nonsense, is no report', async () => {
    const minute = {
      ...{ at: 0, requests: 1, failed: 0, requestP99Ms: 1, events: 1, eventP99Ms: 5 },
      ...{ liveP99Ms: null, outboxMs: 0 },
    };
    const own = { version: '2', instance: 'pod-1', startedAt: '2027-01-01T00:00:00Z' };
    const slowest = [{ at: 1, ms: 900, name: 'todo.task.created.v1', failed: false }];
    const versions = [{ version: '2', since: '2027-01-01T00:00:00.000Z' }];
    const report = { ...own, slowest, versions };
    const answer = (process: unknown) => (path: string) =>
      path.startsWith('/ops/dead-letters')
        ? { items: [] }
        : path === '/readyz'
          ? { checks: {} }
          : process;
    t.answers('notification-service', answer({ ...report, lastHour: [minute] }));
    t.answers('recurring-service', answer({ title: 'There is no GET /ops/process.' }));
    t.answers('audit-service', answer({ ...report, lastHour: 'much' }));
    const parts = await status();
    const of = (service: string) => parts.find((part) => part.service === service);
    expect(of('notification-service')).toMatchObject({
      ready: true,
      process: { ...report, lastHour: [minute] },
    });
    expect(of('recurring-service')).toMatchObject({ ready: true, process: null });
    expect(of('audit-service')).toMatchObject({ ready: true, process: null });
  });
});

describe('how many replicas there are', () => {
  const inCluster = { KUBERNETES_SERVICE_HOST: '10.0.0.1' };

  it('is what the headless Service of its sidecars says', async () => {
    const asked: string[] = [];
    const find = (name: string) => {
      asked.push(name);
      return Promise.resolve(['10.1.0.1', '10.1.0.2']);
    };
    expect(await replicasOf('audit-service', inCluster, find)).toBe(2);
    expect(asked).toEqual(['audit-service-dapr']);
  });

  it('is not known outside of a cluster, nor where DNS has no such name or does not answer', async () => {
    const never = () => new Promise<never>(() => undefined);
    expect(await replicasOf('audit-service', {}, never)).toBeNull();
    expect(await replicasOf('audit-service', inCluster, never)).toBeNull();
    const missing = () => Promise.reject(new Error('ENOTFOUND'));
    expect(await replicasOf('audit-service', inCluster, missing)).toBeNull();
  });
});
