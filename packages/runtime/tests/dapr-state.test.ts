// Dapr's state through starts and restarts in every order, on a real daprd: it stays in one place, and what an earlier version
// left in two places comes together.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PGBOUNCER, startPooler } from '@todo/testing/pooler-server';
import { prepareDaprState } from '../src/dapr-state.ts';
import { createLogger } from '../src/log.ts';
import {
  createUserDatabase,
  DAPRD,
  STATESTORE,
  startStateSidecar,
} from '@todo/testing/state-sidecar';
import type { StateSidecar, UserDatabase } from '@todo/testing/state-sidecar';

const log = createLogger({ service: 'test', level: 'silent' });
const LONG_S = 3_600;

/** The component of the version that named no schema. */
const FORMER = `apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: statestore
spec:
  type: state.postgresql
  version: v2
  metadata:
    - name: connectionString
      secretKeyRef:
        name: todo-secrets
        key: database-url
    - name: tablePrefix
      value: dapr_state_
    - name: metadataTableName
      value: dapr_state_metadata
    - name: queryExecMode
      value: exec
    - name: maxConns
      value: '2'
`;

describe.skipIf(!DAPRD)("Dapr's state", { timeout: 90_000 }, () => {
  let database: UserDatabase;
  const running: StateSidecar[] = [];

  beforeEach(async () => {
    database = await createUserDatabase();
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((sidecar) => sidecar.stop(true)));
    await database.drop();
  });

  async function start(component: string, url = database.url): Promise<StateSidecar> {
    const sidecar = await startStateSidecar(component, url);
    running.push(sidecar);
    return sidecar;
  }
  async function stop(sidecar: StateSidecar): Promise<void> {
    running.splice(running.indexOf(sidecar), 1);
    await sidecar.stop();
  }
  const prepare = () => prepareDaprState({ url: database.url, log });
  /** What the backend's migrations do: its schema has the name of the database's user. */
  const makeBackendSchema = () => database.query(`CREATE SCHEMA ${database.user}`);
  const relations = async () =>
    (
      await database.query(
        `SELECT n.nspname || '.' || c.relname || ' ' || c.relkind::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relname IN ('dapr_state_state', 'state') ORDER BY 1`,
      )
    ).map(({ name }) => String(name).replace(database.user, 'todo'));

  it('outlives a restart after the schema with the name of the database’s user has come', async () => {
    await prepare();
    const first = await start(STATESTORE);
    await first.saveState('quiet', { hours: 7 });
    await stop(first);
    await makeBackendSchema();
    const second = await start(STATESTORE);
    expect(await second.getState('quiet')).toEqual({ hours: 7 });
    expect(await relations()).toEqual(['dapr_state.state r']);
  });

  it('needs no schema but its own, whatever the address carries', async () => {
    await prepare();
    const address = new URL(database.url);
    address.searchParams.set('application_name', 'a&b=c');
    address.searchParams.set('search_path', 'nowhere, public');
    const sidecar = await start(STATESTORE, address.href);
    await sidecar.saveState('a', { n: 1 });
    expect(await sidecar.getState('a')).toEqual({ n: 1 });
    expect(await relations()).toEqual(['dapr_state.state r']);
  });

  it.skipIf(!PGBOUNCER)('is the same through a transaction-mode pooler', async () => {
    const pooler = await startPooler(database.url, 2);
    try {
      await prepareDaprState({ url: pooler.url, log });
      const pooled = await start(STATESTORE, pooler.url);
      await pooled.saveState('a', { n: 1 });
      await makeBackendSchema();
      await stop(pooled);
      const [again, direct] = [await start(STATESTORE, pooler.url), await start(STATESTORE)];
      expect(await again.getState('a')).toEqual({ n: 1 });
      expect(await direct.getState('a')).toEqual({ n: 1 });
      expect(await relations()).toEqual(['dapr_state.state r']);
      await stop(again);
      await stop(direct);
    } finally {
      await pooler.stop();
    }
  });

  describe('of a version that named no schema', () => {
    /** Sidecars first, the backend after them: rows in `public`, then in the user's schema. */
    async function startSidecarFirst(): Promise<void> {
      const first = await start(FORMER);
      await first.writeVersioned('chat', { messages: ['one', 'two'] }, undefined, LONG_S);
      await first.saveState('only-public', { n: 1 });
      await stop(first);
      await makeBackendSchema();
      const second = await start(FORMER);
      await second.saveState('only-user', { n: 2 });
      await stop(second);
      expect(await relations()).toEqual(['public.dapr_state_state r', 'todo.dapr_state_state r']);
    }

    it('comes together from both places', async () => {
      await startSidecarFirst();
      expect(await prepare()).toEqual({ moved: 3, superseded: 0 });
      const sidecar = await start(STATESTORE);
      expect(await sidecar.getState('chat')).toEqual({ messages: ['one', 'two'] });
      expect(await sidecar.getState('only-public')).toEqual({ n: 1 });
      expect(await sidecar.getState('only-user')).toEqual({ n: 2 });
      expect(await relations()).toEqual([
        'dapr_state.state r',
        'public.dapr_state_state v',
        'todo.dapr_state_state v',
      ]);
      const indexes = await database.query(
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'dapr_state' AND tablename = 'state'",
      );
      expect(indexes).toHaveLength(3); // key, expires_at, row_id: Dapr made none twice
    });

    it('is moved when the backend had come first, and all of it was in its schema', async () => {
      await makeBackendSchema();
      const former = await start(FORMER);
      await former.saveState('a', { n: 1 });
      await stop(former);
      expect(await relations()).toEqual(['todo.dapr_state_state r']);
      expect(await prepare()).toEqual({ moved: 1, superseded: 0 });
      const sidecar = await start(STATESTORE);
      expect(await sidecar.getState('a')).toEqual({ n: 1 });
    });

    it('is moved when it was never restarted, and all of it was in public', async () => {
      const former = await start(FORMER);
      await former.saveState('a', { n: 1 });
      await stop(former);
      await makeBackendSchema();
      expect(await prepare()).toEqual({ moved: 1, superseded: 0 });
      // back to the former version: it must not begin anew in the user's schema
      const back = await start(FORMER);
      expect(await back.getState('a')).toEqual({ n: 1 });
      await back.saveState('b', { n: 2 });
      const sidecar = await start(STATESTORE);
      expect(await sidecar.getState('b')).toEqual({ n: 2 });
      expect(await prepare()).toEqual({ moved: 0, superseded: 0 });
    });

    it.each([
      ['public', 'the backend’s schema', 'public.dapr_state_state', '2030-01-02', '2030-01-01'],
      ['the backend’s schema', 'public', '{user}.dapr_state_state', '2030-01-01', '2030-01-02'],
    ])(
      'of one key in both, the newest counts: that in %s, and the one in %s is kept aside',
      async (_newer, _older, newest, inPublic, inUser) => {
        await startSidecarFirst();
        const second = await start(FORMER);
        await second.saveState('chat', { messages: ['three'] });
        await stop(second);
        await database.query('UPDATE public.dapr_state_state SET updated_at = $1', [inPublic]);
        await database.query(`UPDATE ${database.user}.dapr_state_state SET updated_at = $1`, [
          inUser,
        ]);
        const [expected] = await database.query(
          `SELECT * FROM ${newest.replace('{user}', database.user)} WHERE key = 'todo-backend||chat'`,
        );
        expect(await prepare()).toEqual({ moved: 3, superseded: 1 });
        const [kept] = await database.query(
          "SELECT * FROM dapr_state.state WHERE key = 'todo-backend||chat'",
        );
        const { row_id: _expectedRow, ...expectedFields } = expected ?? {};
        expect(kept).toMatchObject(expectedFields);
        const aside = await database.query('SELECT key, value, etag FROM dapr_state.superseded');
        expect(aside).toHaveLength(1);
        expect(aside[0]?.['etag']).not.toBe(expected?.['etag']);
      },
    );

    it('a row that was never changed is as new as its making', async () => {
      await startSidecarFirst();
      const second = await start(FORMER);
      await second.saveState('chat', { messages: ['three'] });
      await stop(second);
      expect(await prepare()).toEqual({ moved: 3, superseded: 1 });
      const sidecar = await start(STATESTORE);
      expect(await sidecar.getState('chat')).toEqual({ messages: ['three'] });
    });

    it('also when sidecars of this version had begun before it was moved', async () => {
      await startSidecarFirst();
      await database.query('CREATE SCHEMA dapr_state');
      const early = await start(STATESTORE);
      await early.saveState('only-user', { n: 22 });
      await early.saveState('early', { n: 3 });
      expect(await prepare()).toEqual({ moved: 2, superseded: 1 });
      expect(await early.getState('only-user')).toEqual({ n: 22 });
      expect(await early.getState('early')).toEqual({ n: 3 });
      expect(await early.getState('only-public')).toEqual({ n: 1 });
    });

    it('is prepared by many at once, and again, with the same result', async () => {
      await startSidecarFirst();
      const all = await Promise.all(Array.from({ length: 8 }, prepare));
      expect(all.map(({ moved }) => moved).sort()).toEqual([0, 0, 0, 0, 0, 0, 0, 3]);
      expect(await prepare()).toEqual({ moved: 0, superseded: 0 });
      const [count] = await database.query('SELECT count(*)::int AS n FROM dapr_state.state');
      expect(count).toEqual({ n: 3 });
    });

    it('is moved under running sidecars: none loses a write, before, meanwhile or after', async () => {
      await makeBackendSchema();
      const former = await start(FORMER);
      await former.saveState('kept', { n: 0 });
      const written = new Set<number>();
      let next = 0;
      let writing = true;
      /** Adds numbers to one value over the version it read, as the chat does. */
      const writer = async (sidecar: StateSidecar): Promise<void> => {
        while (writing) {
          const n = (next += 1);
          const read = await sidecar.readVersioned('log');
          const numbers = (read?.value as { numbers: number[] } | undefined)?.numbers ?? [];
          const value = { numbers: [...numbers, n] };
          if (await sidecar.writeVersioned('log', value, read?.etag, LONG_S)) written.add(n);
        }
      };
      const writers = [writer(former), writer(former)];
      await expect.poll(() => written.size).toBeGreaterThan(20);
      await Promise.all([prepare(), prepare(), prepare()]);
      const current = await start(STATESTORE);
      writers.push(writer(current));
      const before = written.size;
      await expect.poll(() => written.size).toBeGreaterThan(before + 40);
      writing = false;
      await Promise.all(writers);
      const log = (await current.readVersioned('log'))?.value as { numbers: number[] };
      expect([...log.numbers].sort((a, b) => a - b)).toEqual([...written].sort((a, b) => a - b));
      expect(await former.getState('kept')).toEqual({ n: 0 });
    });
  });

  it('what lost against a newer row is forgotten with its own lifetime, or after 30 days', async () => {
    await prepare();
    await start(STATESTORE);
    await database.query(
      `CREATE TABLE public.dapr_state_state (LIKE dapr_state.state INCLUDING ALL)`,
    );
    for (const [key, expires] of [
      ['ended', '2020-01-01'],
      ['old', null],
      ['fresh', null],
    ] as const) {
      await database.query(
        'INSERT INTO dapr_state.state (key, value, expires_at) VALUES ($1, $2, $3)',
        [key, '1', expires],
      );
      await database.query(
        "INSERT INTO public.dapr_state_state (key, value, created_at, expires_at) VALUES ($1, $2, '2020-01-01', $3)",
        [key, '0', expires],
      );
    }
    expect(await prepare()).toEqual({ moved: 0, superseded: 3 });
    await database.query(
      "UPDATE dapr_state.superseded SET superseded_at = now() - interval '31 days' WHERE key = 'old'",
    );
    await prepare();
    expect(await database.query('SELECT key FROM dapr_state.superseded')).toEqual([
      { key: 'fresh' },
    ]);
  });
});
