// An import that goes on behind its request: the same tasks as within one, progress, cancel and undo in the middle, refusals.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Task } from '@todo/contracts/task';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';
import type { ImportReport } from '../../src/transfer/report.ts';
import { newPerson } from './files-under-test.ts';
import type { FilePerson } from './files-under-test.ts';

interface Shown {
  id: string;
  status?: number;
  state: string;
  tasks: number;
  done: boolean;
  kept: object[];
  keptCount: number;
  progress: { stage: string; entries: number; of?: number } | null;
  report: ImportReport | null;
  problem: { status: number; detail: string } | null;
}

const ASYNC = { prefer: 'respond-async' };
const csv = (count: number): string =>
  `id,parentId,title,list\n${Array.from({ length: count }, (_, n) => `${n},${n % 4 === 3 ? n - 1 : ''},task ${n},L${n % 2}`).join('\n')}\n`;

describe('an import behind its request', { timeout: 120_000 }, () => {
  let t: TestBackend;
  beforeAll(async () => {
    t = await startTestBackend();
    await t.another();
  });
  afterAll(() => t.close());

  const shown = async (who: FilePerson, id: string): Promise<Shown> =>
    (await who.ask('GET', `/imports/${id}`)) as unknown as Shown;
  const send = async (who: FilePerson, file: string, query = '', more = {}): Promise<string> => {
    const { status, body } = await who.send(file, 'text/csv', query, { ...ASYNC, ...more });
    expect(status, body).toBe(202);
    return (JSON.parse(body) as { id: string }).id;
  };
  const ended = async (who: FilePerson, id: string): Promise<Shown> => {
    await expect
      .poll(async () => (await shown(who, id)).state, { timeout: 60_000 })
      .not.toMatch(/waiting|running/);
    return await shown(who, id);
  };
  const items = async (who: FilePerson): Promise<Shown[]> =>
    ((await who.ask('GET', '/imports')) as unknown as { items: Shown[] }).items;
  /** Makes every step wait until the test says so. */
  const paused = async (work: (go: () => Promise<void>) => Promise<void>): Promise<void> => {
    const lock = await t.pool.connect();
    await lock.query('SELECT pg_advisory_lock(9)');
    await t.pool.query(
      `CREATE FUNCTION todo.wait_here() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN IF NEW.number = 2 THEN PERFORM pg_advisory_xact_lock(9); END IF; RETURN NEW; END $$`,
    );
    await t.pool.query(
      'CREATE TRIGGER wait_here BEFORE INSERT ON todo.import_steps FOR EACH ROW EXECUTE FUNCTION todo.wait_here()',
    );
    try {
      await work(async () => {
        await lock.query('SELECT pg_advisory_unlock_all()');
      });
    } finally {
      await lock.query('SELECT pg_advisory_unlock_all()');
      lock.release();
      await t.pool.query('DROP FUNCTION todo.wait_here CASCADE');
    }
  };
  const picture = async (who: FilePerson): Promise<object[]> => {
    const tasks = await who.tasks();
    const lists = await who.lists();
    const title = (id: string | null) => tasks.find((task) => task.id === id)?.title;
    return tasks.map(
      ({ id: _id, listId, parentId, createdAt: _at, updatedAt: _then, ...task }) => ({
        ...task,
        list: lists.find((list) => list.id === listId)?.name,
        parent: title(parentId),
      }),
    );
  };

  it('stores the same as one within its request, and reports the same', async () => {
    const file = `${csv(1_300)}x,,,L9\n`;
    const [within, behind] = [
      await newPerson(t, 'Europe/Berlin'),
      await newPerson(t, 'Europe/Berlin'),
    ];
    const { report } = await within.send(file, 'text/csv');
    const id = await send(behind, file, '?name=a.csv');
    const job = await ended(behind, id);
    expect(job).toMatchObject({ state: 'done', tasks: 1_301, progress: null, problem: null });
    const plain = (one: ImportReport | null) =>
      one && {
        ...one,
        importId: null,
        entries: one.entries.map((entry) => ({ ...entry, taskId: '' })),
      };
    expect(plain(job.report)).toEqual(plain(report));
    expect(job.report?.importId).toBe(id);
    expect(await picture(behind)).toEqual(await picture(within));
    expect(await items(behind)).toMatchObject([{ id, name: 'a.csv', state: 'done' }]);
    // again: all are there already, nothing is stored, and the list of imports does not grow
    const second = await ended(behind, await send(behind, file));
    expect(second.report).toMatchObject({ created: 0, duplicates: 1_301, importId: null });
    expect(await items(behind)).toHaveLength(1);
  });

  it('the same request again is the same import', async () => {
    const who = await newPerson(t, 'Europe/Berlin');
    const key = { 'idempotency-key': 'once' };
    const id = await send(who, csv(20), '', key);
    expect(await send(who, csv(20), '', key)).toBe(id);
    expect((await who.send(csv(21), 'text/csv', '', { ...ASYNC, ...key })).status).toBe(422);
    await ended(who, id);
    expect(await who.tasks()).toHaveLength(20);
  });

  it('shows its progress; canceled it keeps what it stored, as an import that can be undone', async () => {
    const who = await newPerson(t, 'Europe/Berlin');
    await paused(async (go) => {
      const id = await send(who, csv(2_000));
      await expect
        .poll(async () => (await shown(who, id)).progress, { timeout: 60_000 })
        .toMatchObject({ stage: 'storing', of: 2_000 });
      await expect.poll(async () => (await shown(who, id)).tasks, { timeout: 60_000 }).toBe(1_500);
      expect(await items(who)).toMatchObject([{ id, state: 'running' }]);
      // who waits asks often: what is stored is neither read nor counted again
      expect(await shown(who, id)).toMatchObject({ kept: [], keptCount: 1_500 });
      // other requests of the person do not wait for the whole import
      const canceling = who.ask('POST', `/imports/${id}/cancel`);
      await go();
      const canceled = (await canceling) as unknown as Shown;
      expect(canceled.state).toBe('canceled');
      const { tasks } = await shown(who, id);
      expect([1_500, 2_000]).toContain(tasks);
      expect(await who.tasks()).toHaveLength(tasks);
      expect(await who.ask('POST', `/imports/${id}/undo`)).toMatchObject({
        done: true,
        keptCount: 0,
      });
      expect(await who.tasks()).toEqual([]);
      expect((await shown(who, id)).state).toBe('canceled');
    });
  });

  it('undone while it runs, it stores nothing more', async () => {
    const who = await newPerson(t, 'Europe/Berlin');
    await paused(async (go) => {
      const id = await send(who, csv(2_000));
      await expect.poll(async () => (await shown(who, id)).tasks, { timeout: 60_000 }).toBe(1_500);
      const undoing = who.ask('POST', `/imports/${id}/undo`);
      await go();
      expect(await undoing).toMatchObject({ state: 'canceled' });
      await expect
        .poll(async () => (await who.ask('POST', `/imports/${id}/undo`)) as unknown, {
          timeout: 60_000,
        })
        .toMatchObject({ done: true, keptCount: 0 });
      expect(await who.tasks()).toEqual([]);
      expect(await who.lists()).toEqual([]);
    });
  });

  it('a file that turns out to be cut off stores nothing and says why', async () => {
    const who = await newPerson(t, 'Europe/Berlin');
    const rows = Array.from({ length: 700 }, (_, n) => `{"title":"task ${n}"}`);
    const { status, body } = await who.send(
      `{"tasks":[${rows.join(',')}`,
      'application/json',
      '',
      ASYNC,
    );
    expect(status, body).toBe(202);
    const job = await ended(who, (JSON.parse(body) as { id: string }).id);
    expect(job).toMatchObject({ state: 'failed', tasks: 0, problem: { status: 400 } });
    expect(await who.tasks()).toEqual([]);
  });

  it.each([
    ['a;b\n1;2\n', 400],
    ['', 400],
  ])('a file of no known format is refused at once: %j', async (file, expected) => {
    const who = await newPerson(t, 'Europe/Berlin');
    expect((await who.send(file, 'text/csv', '', ASYNC)).status).toBe(expected);
    expect(await items(who)).toEqual([]);
    expect(
      (await t.pool.query('SELECT 1 FROM todo.import_jobs WHERE user_id = $1', [who.id])).rowCount,
    ).toBe(0);
  });

  it('a dry run, and what is somebody else’s', async () => {
    const who = await newPerson(t, 'Europe/Berlin');
    const other = await newPerson(t, 'Europe/Berlin');
    expect((await who.send(csv(3), 'text/csv', '?dryRun=true', ASYNC)).report).toMatchObject({
      tasks: 3,
    });
    const id = await send(who, csv(3));
    for (const path of ['', '/cancel', '/undo'])
      expect(await other.ask(path === '' ? 'GET' : 'POST', `/imports/${id}${path}`)).toMatchObject({
        status: 404,
      });
    expect((await ended(who, id)).state).toBe('done');
    // canceling what has ended changes nothing
    expect(await who.ask('POST', `/imports/${id}/cancel`)).toMatchObject({ state: 'done' });
  });

  it('a fault in the middle of a step is tried again, and nothing is there twice', async () => {
    const who = await newPerson(t, 'Europe/Berlin');
    await t.pool.query(
      `CREATE SEQUENCE todo.faults; CREATE FUNCTION todo.fail_once() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN IF NEW.number = 1 AND nextval('todo.faults') = 1 THEN RAISE EXCEPTION 'no room'; END IF; RETURN NEW; END $$;
       CREATE TRIGGER fail_once BEFORE INSERT ON todo.import_steps FOR EACH ROW EXECUTE FUNCTION todo.fail_once()`,
    );
    try {
      const id = await send(who, csv(1_600));
      expect(await ended(who, id)).toMatchObject({
        state: 'done',
        tasks: 1_600,
        report: { created: 1_600 },
      });
    } finally {
      await t.pool.query('DROP FUNCTION todo.fail_once CASCADE; DROP SEQUENCE todo.faults');
    }
    const titles = (await who.tasks()).map((task: Task) => task.title);
    expect(new Set(titles).size).toBe(1_600);
  });
});
