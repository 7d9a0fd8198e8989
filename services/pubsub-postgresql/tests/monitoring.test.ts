// The dashboard and the alert rules name metrics that exist, and a real Prometheus answers them from a real component.
//
// Needs Prometheus: `prometheus` and `promtool` on the PATH (Debian's package prometheus).
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '@todo/local/free-port';
import { until } from '@todo/testing/sidecar-client';
import { serveHealth, type Health } from '../src/health.ts';
import { createMetrics } from '../src/metrics.ts';
import { createWorld, fresh, type World } from './world.ts';

const FILES = new URL('../../../charts/pubsub-postgresql/files/', import.meta.url);
const DASHBOARD = readFileSync(new URL('dashboard.json', FILES), 'utf8');
const RULES = readFileSync(new URL('alerts.yaml', FILES), 'utf8');
const RULE_TESTS = fileURLToPath(new URL('alerts.promtool.yaml', import.meta.url));

const hasPrometheus = ['prometheus', 'promtool'].every(
  (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0,
);
if (!hasPrometheus)
  process.stderr.write(
    'SKIPPED: dashboard and alerts on a real Prometheus (apt install prometheus)\n',
  );

interface Panel {
  title: string;
  targets?: { expr: string }[];
}
const panels = (JSON.parse(DASHBOARD) as { panels: Panel[] }).panels.filter(
  ({ targets }) => targets,
);

/** Names of the metrics, with those a histogram is read by. */
async function exposed(): Promise<Set<string>> {
  const types = (await createMetrics().text()).matchAll(/^# TYPE (\S+) (\S+)$/gm);
  return new Set(
    [...types].flatMap(([, name = '', type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
    ),
  );
}

test.each([
  ['dashboard', DASHBOARD],
  ['alert rules', RULES],
])('every metric that the %s name is exposed', async (_, text) => {
  const named = new Set(text.match(/\bpubsub_postgresql_\w+/g));
  expect(named.size).toBeGreaterThan(5);
  const known = await exposed();
  expect([...named].filter((name) => !known.has(name))).toEqual([]);
});

test('every metric is on the dashboard', async () => {
  const types = (await createMetrics().text()).matchAll(/^# TYPE (\S+) /gm);
  expect(
    [...types].map(([, name = '']) => name).filter((name) => !DASHBOARD.includes(name)),
  ).toEqual([]);
});

test('every rule that an alert reads is recorded', () => {
  const recorded = new Set([...RULES.matchAll(/record: (\S+)/g)].map(([, name]) => name));
  const read = new Set([...RULES.matchAll(/\bpubsub_postgresql:[\w:]+/g)].map(([name]) => name));
  expect([...read].filter((name) => !recorded.has(name))).toEqual([]);
});

describe.skipIf(!hasPrometheus)('a real Prometheus', () => {
  let world: World;
  let health: Health;
  let folder: string;
  let prometheus: ChildProcess;
  let api: string;
  const topic = fresh('watched');
  const timeout = 20_000;

  async function query(
    expr: string,
  ): Promise<{ metric: Record<string, string>; value: [number, string] }[]> {
    const response = await fetch(`${api}/query?query=${encodeURIComponent(expr)}`);
    const body = (await response.json()) as {
      status: string;
      error?: string;
      data: { result: never[] };
    };
    if (body.status !== 'success') throw new Error(`${expr}: ${body.error ?? ''}`);
    return body.data.result;
  }

  beforeAll(async () => {
    world = await createWorld();
    const metrics = createMetrics();
    health = await serveHealth(0, () => true, metrics);
    const replica = await world.replica({ maxDeliveries: '1' }, metrics);
    const pull = replica.pull(topic, ({ data }) =>
      data.includes('bad') ? { error: 'no' } : undefined,
    );
    for (const text of ['good', 'good', 'bad']) await replica.publish(topic, text);
    await until('all are delivered', () => pull.received.length === 3);

    folder = mkdtempSync(join(tmpdir(), 'pubsub-postgresql-prometheus-'));
    writeFileSync(join(folder, 'alerts.yaml'), RULES);
    writeFileSync(
      join(folder, 'prometheus.yml'),
      `global: { scrape_interval: 2s, evaluation_interval: 1s }
rule_files: [alerts.yaml]
scrape_configs:
  - job_name: component
    static_configs: [{ targets: ['127.0.0.1:${health.port}'], labels: { namespace: shop } }]
`,
    );
    const port = await freePort();
    prometheus = spawn(
      'prometheus',
      [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: 'ignore' },
    );
    api = `http://127.0.0.1:${port}/api/v1`;
    // A rate needs more than one sample.
    await until(
      'unread messages are measured, and scraped more than once',
      async () => {
        const answered = async (expr: string) => (await query(expr).catch(() => [])).length > 0;
        return (
          (await answered(`pubsub_postgresql:unread:newest{topic="${topic}"} == 0`)) &&
          (await answered('count_over_time(pubsub_postgresql_listening[1m]) > 2'))
        );
      },
      90_000,
    );
  }, 120_000);

  afterAll(async () => {
    prometheus.kill('SIGKILL');
    health.close();
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('the rules are valid, and each fires for what it is about alone', () => {
    const ran = spawnSync('promtool', ['test', 'rules', RULE_TESTS], { encoding: 'utf8' });
    expect(ran.stderr + ran.stdout).toContain('SUCCESS');
    expect(ran.status).toBe(0);
  });

  test.each(
    panels.flatMap(({ title, targets }) =>
      (targets ?? []).map(({ expr }) => [title, expr] as const),
    ),
  )('the panel %s gets an answer', async (title, expr) => {
    const text = expr
      .replaceAll('$__rate_interval', '1m')
      .replaceAll(/\$(namespace|component|topic|group)/g, '.*');
    const answers = async (): Promise<number> => (await query(text)).length;
    // Shown only when there are such. A scrape that a busy machine does not answer in time leaves a gap.
    if (text.endsWith('> 0')) await answers();
    else await expect.poll(answers, { message: `${title}: ${text}`, timeout }).toBeGreaterThan(0);
  });

  test('what it answers is what happened', async () => {
    const labels = `{namespace="shop", component="pubsub", topic="${topic}"}`;
    const value = (expr: string) =>
      expect.poll(async () => (await query(expr))[0]?.value[1], { message: expr, timeout });
    await value(`sum(pubsub_postgresql_published_total${labels})`).toBe('3');
    await value(`sum(pubsub_postgresql_delivered_total${labels})`).toBe('3');
    await value(`sum(pubsub_postgresql_acknowledged_total${labels})`).toBe('2');
    await value(`sum(pubsub_postgresql_dead_total${labels})`).toBe('1');
    await value(`pubsub_postgresql:unread:newest${labels}`).toBe('0');
    await value(`pubsub_postgresql_group_given_up${labels}`).toBe('0');
    await value('pubsub_postgresql_log_bytes > 0').toBeDefined();
    await value('pubsub_postgresql_listen_state{state="listening"}').toBe('1');
    await value('sum(pubsub_postgresql_listen_state)').toBe('1');
  });
});
