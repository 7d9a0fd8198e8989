// A whole system with a real Prometheus, for the tests in this folder: what they ask it, and how they break it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { serverUrl } from '@todo/local/parts/postgres-server';
import { loadSecrets } from '@todo/local/secrets';
import { startSystem } from '@todo/local/system';
import type { System, SystemOptions } from '@todo/local/system';
import pg from 'pg';

const CHARTS = resolve(import.meta.dirname, '../../charts');
/** Of the product. */
export const RULES = join(CHARTS, 'todo-backend/observability/alerts.yaml');
/** Of the pub/sub component. */
export const COMPONENT_RULES = join(CHARTS, 'pubsub-postgresql/files/alerts.yaml');
/** Folders and files with dashboards. */
export const DASHBOARDS = join(CHARTS, 'todo-backend/observability/dashboards');
export const COMPONENT_DASHBOARD = join(CHARTS, 'pubsub-postgresql/files/dashboard.json');

/** Whether there is a Prometheus; without one the tests say so and are skipped. */
export const hasPrometheus = spawnSync('prometheus', ['--version']).status === 0;
if (!hasPrometheus) console.log('SKIPPED, Prometheus: apt-get install prometheus');

/** What Prometheus answers to a query. */
export interface Sample {
  metric: Record<string, string>;
  value: [number, string];
}

/** Questions to a Prometheus. */
export interface Prometheus {
  readonly query: (expr: string) => Promise<Sample[]>;
  /** The sum over all series; 0 without any. */
  readonly sum: (metric: string) => Promise<number>;
  /** Names of the alerts that fire, a name for each series. */
  readonly firing: () => Promise<string[]>;
}

/** A system under test. */
export interface Observed extends Prometheus {
  readonly system: System;
  /** Asks the backend as Anna. */
  readonly ask: (method: string, path: string, body?: object) => Promise<Response>;
  /** Adds a task of hers. */
  readonly add: (fields: object) => Promise<{ id: string }>;
  /** Opens a live view of hers. @returns closes it */
  readonly openLive: () => Promise<() => void>;
  /** Runs statements one by one, as the superuser. */
  readonly sql: (...statements: string[]) => Promise<void>;
  /** Does something while nobody else can write to a table. */
  readonly whileLocked: (table: string, work: () => Promise<void>) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Asks the Prometheus at an address. */
export function prometheusAt(url: string): Prometheus {
  const get = async <T>(path: string): Promise<T> =>
    ((await (await fetch(`${url}/api/v1/${path}`)).json()) as { data: T }).data;
  const query = async (expr: string): Promise<Sample[]> =>
    (await get<{ result: Sample[] }>(`query?query=${encodeURIComponent(expr)}`)).result;
  return {
    query,
    sum: async (metric) => Number((await query(`sum(${metric})`))[0]?.value[1] ?? 0),
    firing: async () =>
      (await get<{ alerts: { labels: Record<string, string>; state: string }[] }>('alerts')).alerts
        .filter(({ state }) => state === 'firing')
        .map(({ labels }) => labels['alertname'] ?? ''),
  };
}

/**
 * Writes a copy of a file of rules in which no alert waits: promtool tests the waiting
 * (charts/todo-backend/observability/alerts.test.yaml).
 * @param change more that is cut short
 */
export function withoutWaiting(
  rules: string,
  target: string,
  change: (text: string) => string = (text) => text,
): string {
  const text = readFileSync(rules, 'utf8').replaceAll(/^(\s+)for: \w+$/gm, '$1for: 0s');
  writeFileSync(target, change(text));
  return target;
}

/** Starts one. @param options `env`: more for a service, by its name; without the web app: `web` is false */
export async function startObserved(
  portBase: number,
  options: Pick<SystemOptions, 'env' | 'web'> = {},
): Promise<Observed> {
  const data = mkdtempSync(join(tmpdir(), 'todo-observe-'));
  const dataDir = join(data, 'system');
  const system = await startSystem({
    ...{ dataDir, portBase, ...options },
    observe: {
      rules: [
        withoutWaiting(RULES, join(data, 'rules.yaml')),
        withoutWaiting(COMPONENT_RULES, join(data, 'component-rules.yaml')),
      ],
      everySeconds: 1,
    },
  });
  const token = await system.token({ user: 'anna', zone: 'Europe/Warsaw' });
  const ask: Observed['ask'] = async (method, path, body) =>
    await fetch(`${system.urls.backend}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json, text/event-stream',
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  const withClient = async (work: (client: pg.Client) => Promise<void>): Promise<void> => {
    const { postgresPassword } = await loadSecrets(join(dataDir, 'secrets.json'));
    const connectionString = serverUrl(system.ports.postgres, postgresPassword, 'todo');
    const client = new pg.Client({ connectionString });
    await client.connect();
    await work(client).finally(() => client.end());
  };
  return {
    ...prometheusAt(system.urls.prometheus ?? ''),
    ...{ system, ask },
    add: async (fields) => {
      const answer = await ask('POST', '/api/v1/tasks', fields);
      if (answer.status !== 201) throw new Error(`no task: ${answer.status}`);
      return (await answer.json()) as { id: string };
    },
    openLive: async () => {
      const open = new AbortController();
      const stream = await fetch(`${system.urls.backend}/api/v1/live`, {
        headers: { authorization: `Bearer ${token}` },
        signal: open.signal,
      });
      void stream.text().catch(() => undefined);
      return () => {
        open.abort();
      };
    },
    sql: async (...statements) => {
      await withClient(async (client) => {
        for (const statement of statements) await client.query(statement);
      });
    },
    whileLocked: async (table, work) => {
      await withClient(async (client) => {
        await client.query('BEGIN');
        await client.query(`LOCK TABLE ${table} IN EXCLUSIVE MODE`);
        await work();
        await client.query('COMMIT');
      });
    },
    stop: async () => {
      await system.stop();
      await rm(data, { recursive: true, force: true });
    },
  };
}
