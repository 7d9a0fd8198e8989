// The system with a real Prometheus: every query of every dashboard and every rule answers with data, and alerts fire when
// their fault is made. `npm run test:observe`; needs `prometheus` on PATH. The rules are the repository's but for their
// `for`, which is cut to nothing; promtool tests them with it (charts/todo-backend/observability/alerts.test.yaml).
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSystem } from '@todo/local/system';
import type { System } from '@todo/local/system';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const FOLDER = resolve(import.meta.dirname, '../../charts/todo-backend/observability');
const present = spawnSync('prometheus', ['--version']).status === 0;
if (!present) console.log('SKIPPED, Prometheus: apt-get install prometheus');

interface Sample {
  metric: Record<string, string>;
  value: [number, string];
}
interface Alert {
  labels: Record<string, string>;
  state: string;
}

describe.skipIf(!present)('Prometheus', () => {
  let system: System;
  let token: string;
  const data = mkdtempSync(join(tmpdir(), 'todo-observe-'));
  const prometheus = async <T>(path: string): Promise<T> => {
    const answer = await fetch(`${system.urls.prometheus ?? ''}/api/v1/${path}`);
    return ((await answer.json()) as { data: T }).data;
  };
  const query = async (expr: string): Promise<Sample[]> =>
    (await prometheus<{ result: Sample[] }>(`query?query=${encodeURIComponent(expr)}`)).result;
  const firing = async (): Promise<string[]> =>
    (await prometheus<{ alerts: Alert[] }>('alerts')).alerts
      .filter(({ state }) => state === 'firing')
      .map(({ labels }) => labels['alertname'] ?? '');
  const ask = async (method: string, path: string, body?: object): Promise<Response> =>
    await fetch(`${system.urls.backend}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json, text/event-stream',
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  const add = async (fields: object): Promise<{ id: string }> => {
    const answer = await ask('POST', '/api/v1/tasks', fields);
    expect(answer.status).toBe(201);
    return (await answer.json()) as { id: string };
  };
  const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString();
  /** One of each thing that is counted. */
  const live = async (): Promise<void> => {
    const { id } = await add({
      title: 'water the plants',
      due: { kind: 'date', date: '2027-01-01' },
      recurrence: { rule: 'FREQ=DAILY', from: 'due' },
      reminders: [{ at: inSeconds(1) }],
    });
    await ask('POST', `/api/v1/tasks/${id}/complete`);
    await ask('POST', '/mcp', {
      ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
      params: { name: 'list_tasks', arguments: {} },
    });
    await (await ask('POST', '/api/v1/chat/messages', { text: 'what is due?' })).text();
    const vitals = ['LCP', 'INP', 'FCP', 'TTFB', 'CLS'].map((name) => ({ name, value: 0.1 }));
    const page = system.urls.public;
    await fetch(`${page}/api/vitals`, {
      method: 'POST',
      headers: { origin: page },
      body: JSON.stringify({ vitals }),
    });
    await (await fetch(`${page}/sign-in`)).text();
  };

  beforeAll(async () => {
    const rules = join(data, 'rules.yaml');
    const text = readFileSync(join(FOLDER, 'alerts.yaml'), 'utf8');
    writeFileSync(rules, text.replaceAll(/^(\s+)for: \w+$/gm, '$1for: 0s'));
    system = await startSystem({
      dataDir: join(data, 'system'),
      portBase: Number(process.env['OBSERVE_PORT_BASE'] ?? 25_400),
      observe: { rules, everySeconds: 1 },
    });
    token = await system.token({ user: 'anna', zone: 'Europe/Warsaw' });
  });
  afterAll(async () => {
    await (system as System | undefined)?.stop();
    await rm(data, { recursive: true, force: true });
  });

  test('every process is scraped, and no alert fires', async () => {
    await expect
      .poll(async () => (await query('up == 0')).map(({ metric }) => metric), { timeout: 30_000 })
      .toEqual([]);
    const parts = (await query('up')).map(({ metric }) => metric['part']);
    expect(parts.sort()).toEqual(
      ['backend', 'notification', 'recurring', 'audit']
        .flatMap((name) => [name, `daprd-${name}`, `pubsub-${name}`])
        .concat('web')
        .sort(),
    );
    // those that fired while the system was starting have ended
    await expect.poll(firing, { timeout: 60_000 }).toEqual([]);
  });

  test('every query of every dashboard and rule answers with data', async () => {
    const streams = new AbortController();
    const stream = await fetch(`${system.urls.backend}/api/v1/live`, {
      headers: { authorization: `Bearer ${token}` },
      signal: streams.signal,
    });
    void stream.text().catch(() => undefined);
    const queries = new Map<string, string>();
    for (const file of readdirSync(join(FOLDER, 'dashboards'))) {
      const { panels } = JSON.parse(readFileSync(join(FOLDER, 'dashboards', file), 'utf8')) as {
        panels: { title: string; targets?: { expr: string }[] }[];
      };
      for (const { title, targets = [] } of panels)
        for (const { expr } of targets)
          queries.set(
            `${file}, ${title}: ${expr}`,
            expr.replaceAll('$__rate_interval', '2m').replaceAll(/\$\w+/g, '.*'),
          );
    }
    const { groups } = parse(readFileSync(join(FOLDER, 'alerts.yaml'), 'utf8')) as {
      groups: { rules: { record?: string; alert?: string; expr: string }[] }[];
    };
    for (const { record, alert, expr } of groups.flatMap(({ rules }) => rules)) {
      if (record !== undefined) queries.set(record, record);
      // what an alert compares is there, whatever comes of the comparison; a fault's outcome only once it happens
      else if (!expr.includes('absent'))
        queries.set(
          alert ?? '',
          expr
            .replaceAll(/ (?:[><]|==) (?=[\d.])/g, ' != bool -')
            .replaceAll(/outcome="\w+"/g, 'outcome!=""'),
        );
    }
    expect(queries.size).toBeGreaterThan(70);
    for (let round = 0; round < 3; round += 1) {
      await live();
      await sleep(3_000);
    }
    const empty = async (): Promise<string[]> => {
      await live();
      const without: string[] = [];
      for (const [name, expr] of queries) if ((await query(expr)).length === 0) without.push(name);
      return without;
    };
    await expect.poll(empty, { timeout: 90_000, interval: 3_000 }).toEqual([]);
    streams.abort();
  });

  test('a dead letter, and a part that is down', async () => {
    const event = {
      ...{ specversion: '1.0', id: randomUUID(), source: '/test', type: 'todo.task.created.v99' },
      ...{ subject: 'x', datacontenttype: 'application/json', data: {} },
    };
    expect(await system.publish('task-events', event)).toBe(204);
    await expect.poll(firing, { timeout: 60_000 }).toContain('TodoDeadLetters');
    expect(await firing()).not.toContain('TodoPartDown');
    system.kill('audit', 'SIGSTOP');
    try {
      await expect.poll(firing, { timeout: 60_000 }).toContain('TodoPartDown');
    } finally {
      system.kill('audit', 'SIGCONT');
    }
    await expect.poll(firing, { timeout: 60_000 }).not.toContain('TodoPartDown');
  });

  test('reminders that are late: the backend stood still when they fell due', async () => {
    expect(await firing()).not.toContain('TodoRemindersLate');
    const before = await count('todo_reminder_lateness_seconds_count');
    for (let n = 0; n <= before; n += 1)
      await add({ title: 'late', reminders: [{ at: inSeconds(5) }] });
    system.kill('backend', 'SIGSTOP');
    await sleep(14_000);
    system.kill('backend', 'SIGCONT');
    await expect.poll(firing, { timeout: 60_000 }).toContain('TodoRemindersLate');
    await expect.poll(firing, { timeout: 60_000 }).toContain('TodoRemindersBurnFast');
  });

  test('events that can’t leave: the outbox grows old, and their effects come late', async () => {
    expect(await firing()).not.toContain('TodoOutboxOld');
    system.kill('daprd-backend', 'SIGSTOP');
    try {
      for (let n = 0; n < 60; n += 1) await add({ title: 'waits' });
      await expect.poll(firing, { timeout: 120_000 }).toContain('TodoOutboxOld');
    } finally {
      system.kill('daprd-backend', 'SIGCONT');
    }
    await expect.poll(firing, { timeout: 120_000 }).not.toContain('TodoOutboxOld');
    await expect.poll(firing, { timeout: 60_000 }).toContain('TodoEventsBurnFast');
    expect(await count('todo_outbox_rows')).toBe(0);
  });

  async function count(metric: string): Promise<number> {
    return Number((await query(`sum(${metric})`))[0]?.value[1] ?? 0);
  }
});
