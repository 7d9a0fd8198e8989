// Each alert of the pub/sub component fires on a real Prometheus when its fault is made: a real component beside a real
// PostgreSQL, with a client that speaks as daprd. `npm run test:observe`; needs Debian's `prometheus`.
//
// The rules are the chart's but for how long they wait: `for` is nothing, 10 minutes of age are 5 s. An hour without a subscriber
// and the week of groupExpiry pass by setting back what the database noted.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@todo/local/free-port';
import { startComponentProcess } from '@todo/testing/component-process';
import type { ComponentProcess } from '@todo/testing/component-process';
import { startDatabaseServer } from '@todo/testing/database-server';
import type { DatabaseServer } from '@todo/testing/database-server';
import { connectSidecar } from '@todo/testing/sidecar-client';
import type { SidecarClient } from '@todo/testing/sidecar-client';
import { startTcpProxy } from '@todo/testing/tcp-proxy';
import type { TcpProxy } from '@todo/testing/tcp-proxy';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMPONENT_RULES, hasPrometheus, prometheusAt, withoutWaiting } from './observed-system.ts';
import type { Prometheus } from './observed-system.ts';

const SOON = { timeout: 120_000, interval: 500 };

describe.skipIf(!hasPrometheus)('an alert of the component fires', () => {
  const folder = mkdtempSync(join(tmpdir(), 'todo-component-alerts-'));
  let server: DatabaseServer;
  let proxy: TcpProxy;
  let component: ComponentProcess;
  let client: SidecarClient;
  let child: ChildProcess | undefined;
  let prometheus: Prometheus;

  beforeAll(async () => {
    server = await startDatabaseServer();
    proxy = await startTcpProxy(server.port);
    const [health, port] = [await freePort(), await freePort()];
    component = await startComponentProcess({ env: { HEALTH_PORT: String(health) } });
    client = connectSidecar(component.socket);
    await client.init({
      ...{ connectionString: server.url, consumerID: 'readers', initialPosition: 'earliest' },
      directConnectionString: server.url.replace(`:${server.port}/`, `:${proxy.port}/`),
      ...{ maxDeliveries: '2', retryBackoff: '50ms', groupExpiry: '168h' },
    });
    const rules = withoutWaiting(COMPONENT_RULES, join(folder, 'rules.yaml'), (text) =>
      text.replace(
        'oldest_unread_age_seconds:newest > 600',
        'oldest_unread_age_seconds:newest > 5',
      ),
    );
    const config = join(folder, 'prometheus.yml');
    writeFileSync(
      config,
      `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: ['${rules}']
scrape_configs: [{ job_name: pubsub, static_configs: [{ targets: ['127.0.0.1:${health}'] }] }]
`,
    );
    const data = `--storage.tsdb.path=${join(folder, 'data')}`;
    const listen = `--web.listen-address=127.0.0.1:${port}`;
    child = spawn('prometheus', [`--config.file=${config}`, data, listen], { stdio: 'ignore' });
    prometheus = prometheusAt(`http://127.0.0.1:${port}`);
  });
  afterAll(async () => {
    child?.kill('SIGKILL');
    client.close();
    await component.remove();
    await proxy.close();
    await server.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const firing = async (): Promise<string[]> => await prometheus.firing().catch(() => []);
  const ends = (alert: string): Promise<void> => expect.poll(firing, SOON).not.toContain(alert);
  const sql = async (statement: string): Promise<void> => {
    const own = new pg.Client({ connectionString: server.url });
    await own.connect();
    await own.query(statement).finally(() => own.end());
  };
  /** Publishes again and again, which is also when the component measures, until an alert fires. */
  const firesWhilePublishing = (topic: string, alert: string): Promise<void> =>
    expect
      .poll(async () => {
        await client.publish(topic, 'x').catch(() => undefined);
        return await firing();
      }, SOON)
      .toContain(alert);

  test('for nothing, while all is well', async () => {
    const pull = client.pull('fine');
    await client.publish('fine', 'x');
    await expect.poll(() => pull.received.length, SOON).toBe(1);
    await expect.poll(() => prometheus.sum('pubsub_postgresql_published_total'), SOON).toBe(1);
    expect(await firing()).toEqual([]);
  });

  test('when a handler refuses a message for good', async () => {
    client.pull('poison', () => ({ error: 'no' }));
    await firesWhilePublishing('poison', 'PubSubDeadLetters');
  });

  test('when a group lags, and when its oldest message gets old', async () => {
    const pull = client.pull('slow', () => 'hold');
    await Promise.all(Array.from({ length: 1_200 }, () => client.publish('slow', 'x')));
    await firesWhilePublishing('slow', 'PubSubGroupLags');
    await firesWhilePublishing('slow', 'PubSubMessageTooOld');
    pull.cancel();
  });

  test('when nobody reads as a group, and when it is given up', async () => {
    const pull = client.pull('left');
    await client.publish('left', 'read');
    await expect.poll(() => pull.received.length, SOON).toBe(1);
    pull.cancel();
    await pull.ended;
    const setBack = (interval: string) =>
      sql(`UPDATE dapr_pubsub.groups g SET last_active_at = now() - interval '${interval}'
        FROM dapr_pubsub.topics t WHERE t.topic_id = g.topic_id AND t.name = 'left'`);
    await setBack('2 hours');
    await firesWhilePublishing('left', 'PubSubGroupWithoutSubscriber');
    // maintenance gives it up by itself, when the part of the log that it has not read is to be emptied
    await expect
      .poll(async () => {
        await setBack('8 days');
        await sql(`UPDATE dapr_pubsub.segments SET opened_at = opened_at - interval '8 days',
          closed_at = closed_at - interval '8 days'`);
        await client.publish('left', 'x');
        return await firing();
      }, SOON)
      .toContain('PubSubGroupGivenUp');
  });

  test('when LISTEN can’t be had', async () => {
    expect(await firing()).not.toContain('PubSubListenDown');
    proxy.cut();
    await firesWhilePublishing('fine', 'PubSubListenDown');
    proxy.restore();
    await ends('PubSubListenDown');
  });

  test('when messages are not stored', async () => {
    const segments = [0, 1, 2, 3].map((n) => `dapr_pubsub.messages_${n}`);
    for (const name of segments)
      await sql(`ALTER TABLE ${name} ADD CONSTRAINT "full" CHECK (false) NOT VALID`);
    await firesWhilePublishing('fine', 'PubSubPublishFails');
    for (const name of segments) await sql(`ALTER TABLE ${name} DROP CONSTRAINT "full"`);
    await client.publish('fine', 'stored again');
  });
});
