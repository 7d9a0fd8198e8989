// What waited on the device is sent in order, once, and merged with what others did meanwhile. The backend is real; the
// browser's storage is an object here.
import { startTestBackend, type TestBackend } from '@todo/testing/backend-under-test';
import type { Task } from '@todo/contracts/task';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { sendWaiting } from '@/lib/offline/send-waiting';
import type { TaskPatch } from '@/lib/task-change';
import {
  forgetWaiting,
  keepWaiting,
  recoverWaiting,
  waitingOf,
  type WaitingChange,
} from '@/lib/waiting';

const PERSON = { id: 'waiting-user', zone: 'UTC' };
const DRAFT = {
  title: '',
  ignored: [],
  date: '',
  time: '',
  repeat: '' as const,
  remind: '',
  priority: 'none' as const,
  tags: '',
};
let backend: TestBackend;
/** Requests that changed something, as "METHOD path status". */
let sent: string[];
/** Answers that get lost on their way back. */
let lose: (method: string, path: string) => boolean;
let offline = false;

function storage(): Storage {
  const items = new Map<string, string>();
  const methods = {
    getItem: (name: string) => items.get(name) ?? null,
    setItem: (name: string, value: string) => {
      items.set(name, value);
    },
    removeItem: (name: string) => {
      items.delete(name);
    },
  };
  return new Proxy(methods as unknown as Storage, {
    ownKeys: () => [...items.keys()],
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
  });
}

beforeAll(async () => {
  backend = await startTestBackend();
});
afterAll(async () => {
  await (backend as TestBackend | undefined)?.close();
});
beforeEach(() => {
  sent = [];
  lose = () => false;
  offline = false;
  vi.stubGlobal('localStorage', storage());
  vi.stubGlobal('sessionStorage', storage());
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    if (offline) throw new TypeError('Failed to fetch');
    const method = init.method ?? 'GET';
    const given = init.headers as Record<string, string>;
    const { status, body } = await backend.ask(PERSON.id, method, path, init.body, given);
    if (method !== 'GET') sent.push(`${method} ${status}`);
    if (lose(method, path)) throw new TypeError('Failed to fetch');
    const content = (body as unknown) === undefined ? null : JSON.stringify(body);
    return new Response(content, { status });
  });
});
afterEach(() => {
  for (const entry of waitingOf(PERSON.id)) forgetWaiting(entry);
  vi.unstubAllGlobals();
});

const keep = (change: WaitingChange) => keepWaiting(PERSON.id, change, 'waiting');
const edit = (task: Task, patch: TaskPatch) =>
  keep({ kind: 'task', change: { kind: 'patch', task, patch } });
const now = async (id: string) =>
  (await backend.ask(PERSON.id, 'GET', `/api/v1/tasks/${id}`)).body as Task;
const elsewhere = (id: string, patch: TaskPatch) =>
  backend.ask(PERSON.id, 'PATCH', `/api/v1/tasks/${id}`, patch);

test('a line, edits on edits, a tick and a deletion are sent in the order they were made', async () => {
  const [one, two] = [
    await backend.add(PERSON.id, { title: 'One' }),
    await backend.add(PERSON.id, { title: 'Two' }),
  ];
  keep({
    kind: 'line',
    draft: { ...DRAFT, title: 'call mum tomorrow #family !high' },
    view: { name: 'all' },
    today: '2026-01-01',
  });
  edit(one, { title: 'One, renamed' });
  edit({ ...one, title: 'One, renamed' }, { notes: 'and described' });
  edit({ ...one, title: 'One, renamed', notes: 'and described' }, { title: 'One, named again' });
  keep({ kind: 'task', change: { kind: 'complete', task: one } });
  keep({ kind: 'task', change: { kind: 'delete', task: two } });
  expect(await sendWaiting(PERSON)).toEqual({ sent: 6, stopped: false });
  expect(waitingOf(PERSON.id)).toEqual([]);
  expect(await now(one.id)).toMatchObject({
    title: 'One, named again',
    notes: 'and described',
    status: 'done',
  });
  expect((await backend.ask(PERSON.id, 'GET', `/api/v1/tasks/${two.id}`)).status).toBe(404);
  expect(sent).toEqual([
    'POST 200',
    'POST 201',
    'PATCH 200',
    'PATCH 412',
    'PATCH 200',
    'PATCH 412',
    'PATCH 200',
    'POST 200',
    'DELETE 204',
  ]);
});

test.each([
  ['Pay the rent !high #home', { title: 'Pay the rent', priority: 'high', tags: ['home'] }],
  ['Buy rope #boat !2 tomorrow', { title: 'Buy rope', priority: 'medium', tags: ['boat'] }],
  ['#garden water roses every day', { title: 'water roses', tags: ['garden'] }],
])('a line typed without network is understood when it is sent: %s', async (title, wanted) => {
  keep({ kind: 'line', draft: { ...DRAFT, title }, view: { name: 'all' }, today: '2026-01-01' });
  offline = true;
  expect(await sendWaiting(PERSON)).toEqual({ sent: 0, stopped: true });
  offline = false;
  expect(await sendWaiting(PERSON)).toEqual({ sent: 1, stopped: false });
  const found = await backend.ask(PERSON.id, 'GET', `/api/v1/tasks?sort=created&limit=1`);
  expect(found.body.items[0]).toMatchObject(wanted);
});

test('an answer that is lost leads to no second task, and to no conflict with oneself', async () => {
  const task = await backend.add(PERSON.id, { title: 'Three' });
  keep({ kind: 'add', task: { title: 'Only once' } });
  edit(task, { title: 'Three, renamed' });
  lose = (method, path) => method === 'POST' && path === '/api/v1/tasks';
  expect(await sendWaiting(PERSON)).toEqual({ sent: 0, stopped: true });
  lose = (method) => method === 'PATCH';
  expect(await sendWaiting(PERSON)).toEqual({ sent: 1, stopped: true });
  lose = () => false;
  expect(await sendWaiting(PERSON)).toEqual({ sent: 1, stopped: false });
  expect((await now(task.id)).title).toBe('Three, renamed');
  const { body } = await backend.ask(PERSON.id, 'GET', '/api/v1/tasks?q=Only%20once');
  expect(body.items).toHaveLength(1);
});

test('an edit is merged by field with what others did; a field both changed waits for the person', async () => {
  const [merged, met] = [
    await backend.add(PERSON.id, { title: 'Merged', priority: 'low' }),
    await backend.add(PERSON.id, { title: 'Met' }),
  ];
  edit(merged, { notes: 'mine', tags: ['boat'] });
  edit(met, { title: 'Met, mine', notes: 'mine' });
  await elsewhere(merged.id, { title: 'Merged, theirs', priority: 'high', tags: ['boat'] });
  await elsewhere(met.id, { title: 'Met, theirs' });
  expect(await sendWaiting(PERSON)).toEqual({ sent: 1, stopped: false });
  expect(await now(merged.id)).toMatchObject({
    title: 'Merged, theirs',
    priority: 'high',
    notes: 'mine',
    tags: ['boat'],
  });
  expect(await now(met.id)).toMatchObject({ title: 'Met, theirs', notes: '' });
  expect(waitingOf(PERSON.id).map(({ state }) => state)).toEqual(['conflict']);
});

test('what was deleted elsewhere is refused, with the reason; a deletion of it is done', async () => {
  const task = await backend.add(PERSON.id, { title: 'Four' });
  edit(task, { title: 'Four, renamed' });
  keep({ kind: 'task', change: { kind: 'delete', task } });
  await backend.ask(PERSON.id, 'DELETE', `/api/v1/tasks/${task.id}`);
  expect(await sendWaiting(PERSON)).toEqual({ sent: 1, stopped: false });
  expect(waitingOf(PERSON.id)).toMatchObject([
    { state: 'refused', problem: expect.stringMatching(/./) as string },
  ]);
});

test('without network all of it stays; what was on its way when the page went is taken up', async () => {
  const task = await backend.add(PERSON.id, { title: 'Five' });
  edit(task, { title: 'Five, renamed' });
  keep({ kind: 'add', task: { title: 'Six' } });
  offline = true;
  expect(await sendWaiting(PERSON)).toEqual({ sent: 0, stopped: true });
  expect(waitingOf(PERSON.id)).toHaveLength(2);
  const line = waitingOf(PERSON.id)[0]!;
  localStorage.setItem(
    `todo-waiting:${PERSON.id}:2026-01-01T00:00:00.000Z:x`,
    JSON.stringify({ ...line, key: 'x', at: '2026-01-01T00:00:00.000Z', state: 'sent' }),
  );
  forgetWaiting(line); // and reads the storage again
  recoverWaiting(PERSON.id);
  expect(waitingOf(PERSON.id).map(({ key, state }) => [key === 'x', state])).toEqual([
    [true, 'waiting'],
    [false, 'waiting'],
  ]);
  offline = false;
  expect(await sendWaiting(PERSON)).toEqual({ sent: 2, stopped: false });
  expect((await now(task.id)).title).toBe('Five, renamed');
});

test('nobody else’s changes are sent', async () => {
  const other = keepWaiting('another-user', { kind: 'add', task: { title: 'Theirs' } }, 'waiting');
  expect(await sendWaiting(PERSON)).toEqual({ sent: 0, stopped: false });
  expect(sent).toEqual([]);
  expect(waitingOf('another-user')).toHaveLength(1);
  forgetWaiting(other);
});
