// The drill: people work, a backup is made in the middle, everything is killed, the data folder is lost, and the backup is
// restored into a fresh one. Everything accepted before the backup is there exactly once and goes on: `npm run test:drill`.
import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { apiOf, type Api, type Task } from '@todo/e2e/suite/api';
import { accountBySignUp, type Account } from '@todo/e2e/targets/target';
import { DEFAULT_DATA_DIR, ROOT } from '@todo/local/data-folder';
import { startSystem, type System } from '@todo/local/system';
import { afterAll, expect, test } from 'vitest';

/** Longer with DRILL_SECONDS: how long people work before the backup and after it. */
const WORK_MS = Number(process.env['DRILL_SECONDS'] ?? 4) * 1_000;
const PEOPLE = 3;
const PORT_BASE = Number(process.env['DRILL_PORT_BASE'] ?? 14_600);
const LOST = join(DEFAULT_DATA_DIR, 'drill-lost');
const FRESH = join(DEFAULT_DATA_DIR, 'drill-fresh');
const FILE = join(DEFAULT_DATA_DIR, 'drill.backup');
const KEY = join(DEFAULT_DATA_DIR, 'drill.key');

let system: System | undefined;
afterAll(async () => {
  await system?.stop(true);
  for (const path of [FILE, KEY, LOST, FRESH]) await rm(path, { recursive: true, force: true });
});

function start(dataDir: string): Promise<System> {
  return startSystem({ dataDir, portBase: PORT_BASE, reset: dataDir === LOST, say: console.log });
}

async function run(program: string, ...args: string[]): Promise<void> {
  const command = join(ROOT, 'backup', 'src', 'commands', `${program}.ts`);
  const { stdout } = await promisify(execFile)(process.execPath, [command, ...args], { cwd: ROOT });
  console.log(stdout.trim());
}

/** What a person was told, and when. */
interface Accepted {
  readonly task: Task;
  readonly at: number;
  readonly kind: 'plain' | 'repeating' | 'reminded';
}

/** Adds tasks until `ended`, one after the other: plain ones, repeating ones that are completed, and reminders soon due. */
async function work(api: Api, name: string, ended: AbortSignal): Promise<Accepted[]> {
  const accepted: Accepted[] = [];
  for (let n = 0; !ended.aborted; n += 1) {
    const kind = (['plain', 'repeating', 'reminded'] as const)[n % 3] ?? 'plain';
    try {
      const task = await api.create({
        title: `${name} ${n}`,
        ...(kind === 'repeating' && {
          due: { kind: 'date', date: '2027-01-01' },
          recurrence: { rule: 'FREQ=DAILY' },
        }),
        ...(kind === 'reminded' && {
          reminders: [{ at: new Date(Date.now() + WORK_MS).toISOString() }],
        }),
      });
      if (kind === 'repeating') await api.complete(task.id);
      accepted.push({ task, at: Date.now(), kind });
    } catch (error) {
      const given = ended.aborted as boolean;
      if (!given) throw error;
    }
  }
  return accepted;
}

test('a restored backup has all that was accepted before it, once, and goes on', async () => {
  await rm(FRESH, { recursive: true, force: true });
  await rm(FILE, { force: true });
  await mkdir(DEFAULT_DATA_DIR, { recursive: true });
  await writeFile(KEY, 'a key for the drill, of enough characters', { mode: 0o600 });
  system = await start(LOST);
  const { urls } = system;
  const people = await Promise.all(
    Array.from({ length: PEOPLE }, async () => {
      const account: Account = await accountBySignUp(urls.public);
      return { account, api: apiOf(urls.public, account.token) };
    }),
  );
  const ended = new AbortController();
  const working = people.map(({ api }, index) => work(api, `person ${index}`, ended.signal));
  await sleep(WORK_MS);
  const begun = Date.now();
  await run('backup', '--data-dir', LOST, '--to', FILE, '--key', KEY);
  await sleep(WORK_MS);
  ended.abort();
  const accepted = await Promise.all(working);
  await system.stop(true);
  await rm(LOST, { recursive: true, force: true });

  const lostAt = Date.now();
  await run('restore', FILE, '--data-dir', FRESH, '--key', KEY);
  system = await start(FRESH);
  console.log(`back after ${((Date.now() - lostAt) / 1000).toFixed(1)} s`);

  let kept = 0;
  for (const [index, { account }] of people.entries()) {
    // the session from before the loss
    const api = apiOf(urls.public, (await account.renew?.()) ?? '');
    const before = accepted[index]!.filter(({ at }) => at < begun);
    kept += before.length;
    expect(before.length).toBeGreaterThan(2);
    await expect
      .poll(() => stateOf(api, accepted[index]!), { timeout: 60_000, interval: 500 })
      .toMatchObject({ unknown: [], twice: [], withoutSuccessor: [], withoutReminder: [] });
    const state = await stateOf(api, accepted[index]!);
    const missing = before.filter(({ task }) => !state.ids.has(task.id));
    expect(missing.map(({ task }) => task.title)).toEqual([]);
    expect(state.doubleReminders).toEqual([]);
    const [first] = before;
    const history = await api.history(first!.task.id);
    expect(history.filter(({ type }) => type === 'todo.task.created.v1')).toHaveLength(1);
    // and it goes on
    await api.create({ title: 'after' });
  }
  console.log(`${kept} tasks accepted before the backup, all there`);
});

interface State {
  ids: Set<string>;
  /** Tasks nobody asked for. */
  unknown: string[];
  /** Occurrences that are there twice. */
  twice: string[];
  /** Completed repeating tasks without exactly one next occurrence. */
  withoutSuccessor: string[];
  /** Tasks with a reminder that was due and never came. */
  withoutReminder: string[];
  doubleReminders: string[];
}

async function stateOf(api: Api, accepted: readonly Accepted[]): Promise<State> {
  const tasks = (await api.tasks()).filter(({ title }) => title !== 'after');
  const notifications = await api.notifications();
  const asked = new Map(accepted.map((one) => [one.task.title, one.kind]));
  const remindersOf = (id: string): number =>
    notifications.filter(({ taskId }) => taskId === id).length;
  // The last one of a person may have been accepted without an answer.
  const last = Math.max(...accepted.map(({ task }) => Number(task.title.split(' ')[2])));
  const occurrences = tasks.map(
    ({ seriesId, occurrence, id }) => `${seriesId ?? id} ${occurrence}`,
  );
  const reminded = tasks.filter(({ title }) => asked.get(title) === 'reminded');
  return {
    ids: new Set(tasks.map(({ id }) => id)),
    unknown: tasks
      .filter(({ title }) => !asked.has(title) && Number(title.split(' ')[2]) !== last + 1)
      .map(({ title }) => title),
    twice: occurrences.filter((one, index) => occurrences.indexOf(one) !== index),
    withoutSuccessor: tasks
      .filter(({ status, seriesId }) => status === 'done' && seriesId !== null)
      .filter(
        ({ seriesId, occurrence }) =>
          tasks.filter((o) => o.seriesId === seriesId && o.occurrence === occurrence + 1).length !==
          1,
      )
      .map(({ title }) => title),
    withoutReminder: reminded.filter(({ id }) => remindersOf(id) === 0).map(({ title }) => title),
    doubleReminders: reminded.filter(({ id }) => remindersOf(id) > 1).map(({ title }) => title),
  };
}
