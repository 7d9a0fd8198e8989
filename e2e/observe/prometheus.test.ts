// The system with a real Prometheus: every query of every dashboard and every rule answers with data, and alerts fire when
// their fault is made; the others are in faults.test.ts. `npm run test:observe`; needs `prometheus` on PATH. The rules are the
// repository's but for their `for`, which is cut to nothing; promtool tests them with it
// (charts/todo-backend/observability/alerts.test.yaml).
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  COMPONENT_DASHBOARD,
  COMPONENT_RULES,
  DASHBOARDS,
  hasPrometheus,
  RULES,
  startObserved,
} from './observed-system.ts';
import type { Observed } from './observed-system.ts';

interface Rule {
  record?: string;
  alert?: string;
  expr: string;
}
/** Filled by runs of the pipeline, not by the system: pipelines.test.ts. */
const IN_PIPELINES = /pipelines\.json$/;

/** What a query compares, whatever comes of the comparison. */
const uncompared = (expr: string): string =>
  expr.replaceAll(/ (?:[><]|==) (?=[\d.])/g, ' != bool -');

describe.skipIf(!hasPrometheus)('Prometheus', () => {
  let observed: Observed;
  const add: Observed['add'] = (fields) => observed.add(fields);
  const ask: Observed['ask'] = (method, path, body) => observed.ask(method, path, body);
  const firing = (): Promise<string[]> => observed.firing();
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
    const page = observed.system.urls.public;
    await fetch(`${page}/api/vitals`, {
      method: 'POST',
      headers: { origin: page },
      body: JSON.stringify({ vitals }),
    });
    await (await fetch(`${page}/sign-in`)).text();
  };

  beforeAll(async () => {
    observed = await startObserved(Number(process.env['OBSERVE_PORT_BASE'] ?? 25_400));
  });
  afterAll(async () => {
    await (observed as Observed | undefined)?.stop();
  });

  test('every process is scraped, and no alert fires', async () => {
    const up = async () => (await observed.query('up == 1')).map(({ metric }) => metric['part']);
    await expect
      .poll(async () => (await up()).sort(), { timeout: 30_000 })
      .toEqual(
        ['backend', 'notification', 'recurring', 'audit']
          .flatMap((name) => [name, `daprd-${name}`, `pubsub-${name}`])
          .concat('web')
          .sort(),
      );
    // those that fired while the system was starting have ended
    await expect.poll(firing, { timeout: 60_000 }).toEqual([]);
  });

  test('every query of every dashboard and rule answers with data', async () => {
    const closeLive = await observed.openLive();
    const queries = new Map<string, string>();
    const files = readdirSync(DASHBOARDS).map((file) => join(DASHBOARDS, file));
    for (const file of [...files, COMPONENT_DASHBOARD].filter((one) => !IN_PIPELINES.test(one))) {
      const { panels } = JSON.parse(readFileSync(file, 'utf8')) as {
        panels: { title: string; targets?: { expr: string }[] }[];
      };
      for (const { title, targets = [] } of panels)
        for (const { expr } of targets)
          queries.set(
            `${basename(file)}, ${title}: ${expr}`,
            uncompared(expr)
              .replaceAll('$__rate_interval', '2m')
              .replaceAll('$__range', '2m')
              .replaceAll(/\$\w+/g, '.*'),
          );
    }
    const groups = [RULES, COMPONENT_RULES].flatMap(
      (file) => (parse(readFileSync(file, 'utf8')) as { groups: { rules: Rule[] }[] }).groups,
    );
    for (const { record, alert, expr } of groups.flatMap(({ rules }) => rules)) {
      if (record !== undefined) queries.set(record, record);
      // what an alert compares is there, whatever comes of the comparison; a fault's outcome only once it happens
      else if (!expr.includes('absent'))
        queries.set(alert ?? '', uncompared(expr).replaceAll(/outcome="\w+"/g, 'outcome!=""'));
    }
    expect(queries.size).toBeGreaterThan(70);
    for (let round = 0; round < 3; round += 1) {
      await live();
      await sleep(3_000);
    }
    // What is said of messages that wait needs one.
    observed.system.kill('audit', 'SIGSTOP');
    const empty = async (): Promise<string[]> => {
      await live();
      const without: string[] = [];
      for (const [name, expr] of queries)
        if ((await observed.query(expr)).length === 0) without.push(name);
      return without;
    };
    try {
      await expect.poll(empty, { timeout: 90_000, interval: 3_000 }).toEqual([]);
    } finally {
      observed.system.kill('audit', 'SIGCONT');
    }
    closeLive();
    await expect.poll(firing, { timeout: 60_000 }).not.toContain('TodoPartDown');
  });

  test('a dead letter, and a part that is down', async () => {
    const event = {
      ...{ specversion: '1.0', id: randomUUID(), source: '/test', type: 'todo.task.created.v99' },
      ...{ subject: 'x', datacontenttype: 'application/json', data: {} },
    };
    expect(await observed.system.publish('task-events', event)).toBe(204);
    await expect.poll(firing, { timeout: 60_000 }).toContain('TodoDeadLetters');
    expect(await firing()).not.toContain('TodoPartDown');
    observed.system.kill('audit', 'SIGSTOP');
    try {
      await expect.poll(firing, { timeout: 60_000 }).toContain('TodoPartDown');
    } finally {
      observed.system.kill('audit', 'SIGCONT');
    }
    await expect.poll(firing, { timeout: 60_000 }).not.toContain('TodoPartDown');
  });

  test('reminders that are late: the backend stood still when they fell due', async () => {
    expect(await firing()).not.toContain('TodoRemindersLate');
    const before = await observed.sum('todo_reminder_lateness_seconds_count');
    for (let n = 0; n <= before; n += 1)
      await add({ title: 'late', reminders: [{ at: inSeconds(5) }] });
    observed.system.kill('backend', 'SIGSTOP');
    await sleep(14_000);
    observed.system.kill('backend', 'SIGCONT');
    await expect.poll(firing, { timeout: 60_000 }).toContain('TodoRemindersLate');
    await expect.poll(firing, { timeout: 60_000 }).toContain('TodoRemindersBurnFast');
    await expect.poll(firing, { timeout: 60_000 }).toContain('TodoRemindersBurnSlow');
  });

  test('events that can’t leave: the outbox grows old, and their effects come late', async () => {
    expect(await firing()).not.toContain('TodoOutboxOld');
    observed.system.kill('daprd-backend', 'SIGSTOP');
    try {
      for (let n = 0; n < 60; n += 1) await add({ title: 'waits' });
      await expect.poll(firing, { timeout: 120_000 }).toContain('TodoOutboxOld');
    } finally {
      observed.system.kill('daprd-backend', 'SIGCONT');
    }
    await expect.poll(firing, { timeout: 120_000 }).not.toContain('TodoOutboxOld');
    await expect.poll(firing, { timeout: 60_000 }).toContain('TodoEventsBurnFast');
    await expect.poll(firing, { timeout: 60_000 }).toContain('TodoEventsBurnSlow');
    expect(await observed.sum('todo_outbox_rows')).toBe(0);
  });
});
