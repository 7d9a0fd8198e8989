// The dashboard of pipeline runs on real data: a deploy that is really run, and fails because there is no cluster; a plan that
// passes; an integration test's report. Their numbers go through a real Pushgateway into a real Prometheus, and every query of
// the dashboard is answered. `npm run test:observe`; needs Debian's `prometheus` and `prometheus-pushgateway`.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runPlan } from '@todo/deploy/run/run-plan';
import { clock, runHere } from '@todo/deploy/run/machine';
import type { Plan } from '@todo/deploy/plan/plan';
import { freePort } from '@todo/local/free-port';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DASHBOARDS, hasPrometheus, prometheusAt } from './observed-system.ts';
import type { Prometheus } from './observed-system.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const SOON = { timeout: 60_000, interval: 500 };
const hasPushgateway = spawnSync('prometheus-pushgateway', ['--version']).error === undefined;
if (!hasPushgateway) console.log('SKIPPED, pipeline runs: apt-get install prometheus-pushgateway');

describe.skipIf(!hasPrometheus || !hasPushgateway)('pipeline runs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'todo-pipelines-'));
  const children: ChildProcess[] = [];
  let gateway: string;
  let prometheus: Prometheus;
  beforeAll(async () => {
    const [gatewayPort, port] = [await freePort(), await freePort()];
    gateway = `http://127.0.0.1:${gatewayPort}`;
    prometheus = prometheusAt(`http://127.0.0.1:${port}`);
    const config = join(folder, 'prometheus.yml');
    writeFileSync(
      config,
      `scrape_configs: [{ job_name: pipelines, honor_labels: true, scrape_interval: 1s, static_configs: [{ targets: ['127.0.0.1:${gatewayPort}'] }] }]`,
    );
    children.push(
      spawn('prometheus-pushgateway', [`--web.listen-address=127.0.0.1:${gatewayPort}`], {
        stdio: 'ignore',
      }),
      spawn(
        'prometheus',
        [
          `--config.file=${config}`,
          `--storage.tsdb.path=${join(folder, 'data')}`,
          `--web.listen-address=127.0.0.1:${port}`,
        ],
        { stdio: 'ignore' },
      ),
    );
  });
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  const npm = (script: string, ...args: string[]) =>
    spawnSync('npm', ['run', '-s', script, '--', ...args], { cwd: ROOT, encoding: 'utf8' });
  const push = (report: string): void => {
    const sent = npm('push-report', report, `--to=${gateway}`);
    expect(sent.stderr).toBe('');
    expect(sent.status).toBe(0);
  };
  const ready = async (url: string): Promise<boolean> =>
    await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );

  test('a real deploy, a plan that passes and an integration test fill every panel', async () => {
    await expect.poll(() => ready(`${gateway}/-/ready`), SOON).toBe(true);

    const failed = join(folder, 'failed.json');
    const kubeconfig = join(folder, 'kubeconfig');
    writeFileSync(kubeconfig, NOWHERE);
    const deploy = npm(
      'deploy',
      ...['--env=local', '--images=todo:test', `--kubeconfig=${kubeconfig}`, `--report=${failed}`],
    );
    expect(deploy.status).toBe(1);
    push(failed);

    const passed = join(folder, 'passed.json');
    const report = await runPlan(plan(), {
      ...{ run: runHere(ROOT, process.env, new Set()), clock, print: () => undefined },
      ...{ mask: (text: string) => text, stop: new AbortController().signal },
    });
    expect(report.ok).toBe(true);
    writeFileSync(passed, JSON.stringify(report));
    push(passed);

    const integration = join(folder, 'integration.json');
    writeFileSync(integration, JSON.stringify(INTEGRATION));
    push(integration);

    const { panels } = JSON.parse(
      readFileSync(join(DASHBOARDS, 'todo-pipelines.json'), 'utf8'),
    ) as { panels: { title: string; targets?: { expr: string }[] }[] };
    const queries = panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ expr }) => [title, expr.replaceAll('$run', '.*')] as const),
    );
    expect(queries.length).toBeGreaterThan(7);
    const empty = async (): Promise<string[]> => {
      const without: string[] = [];
      for (const [title, expr] of queries)
        if ((await prometheus.query(expr)).length === 0) without.push(title);
      return without;
    };
    await expect.poll(empty, SOON).toEqual([]);

    const outcomes = async (): Promise<string[]> =>
      (await prometheus.query('todo_pipeline_success'))
        .map(
          ({ metric, value }) =>
            `${metric['run'] ?? ''} ${metric['environment'] ?? ''} ${value[1]}`,
        )
        .sort();
    await expect
      .poll(outcomes, SOON)
      .toEqual(['deploy cloud 1', 'deploy local 0', 'test-integration  0']);
    expect(await prometheus.query('todo_pipeline_step_success == 0')).not.toEqual([]);
    const slept = await prometheus.query('todo_pipeline_step_duration_seconds{step="sleeps"}');
    expect(Number(slept[0]?.value[1])).toBeGreaterThanOrEqual(1);
  });

  test('a Pushgateway that is away, and a file that is no report, are said in one line each', () => {
    const file = join(folder, 'other.json');
    writeFileSync(file, '{"format":2}');
    const none = npm('push-report', file, `--to=${gateway}`);
    expect(none.status).toBe(1);
    expect(none.stderr).toMatch(/^\S+other\.json: neither a report of a deploy .*\n$/);
    const wrong = npm('push-report', file);
    expect(wrong.status).toBe(78);
  });
});

/** Two steps that really run. */
function plan(): Plan {
  const step = (id: string, script: string) => ({
    ...{ id, title: id, argv: ['node', '-e', script], timeoutSeconds: 30, showOnFailure: [] },
  });
  return {
    ...{ environment: 'cloud', namespace: 'todo' },
    preflight: [step('looks', '')],
    lock: {
      acquire: step('locks', ''),
      renew: { argv: ['node', '-e', ''], timeoutSeconds: 15 },
      release: { argv: ['node', '-e', ''], timeoutSeconds: 15 },
      ...{ leaseSeconds: 45, renewEverySeconds: 10 },
    },
    preparation: [],
    changes: [step('sleeps', 'setTimeout(() => {}, 1000)')],
    diagnosis: [],
  };
}

const NOWHERE = `apiVersion: v1
kind: Config
current-context: none
clusters: [{ name: none, cluster: { server: 'https://127.0.0.1:1' } }]
contexts: [{ name: none, context: { cluster: none, user: none } }]
users: [{ name: none, user: {} }]
`;

/** As ci/src/report.ts makes one. */
const INTEGRATION = {
  title: 'test-integration 2026-11-30-0800',
  facts: { run: '2026-11-30-0800' },
  sections: [
    {
      title: 'preparation',
      ms: 61_000,
      notes: [],
      steps: [{ title: 'cluster', ms: 60_000, ok: true }],
    },
    {
      ...{ title: 'cloud', notes: [], failure: 'the suite failed' },
      steps: [
        { title: 'deploy', ms: 90_000, ok: true },
        { title: 'suite', ms: 30_000, ok: false },
      ],
    },
  ],
  timeline: [],
};
