// A line that is sent at once means what its words say, also while its preview is still being asked for. The backend is real.
import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { startTestBackend, type TestBackend } from '@todo/testing/backend-under-test';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { ApiError } from '@/lib/api-error';
import { readingOptions, readLine } from '@/lib/quick-add';

const PERSON = 'typed-line-user';
let backend: TestBackend;
/** Instead of an answer. */
let status: number | undefined;
/** Each request waits for this. */
let gate: Promise<void>;

beforeAll(async () => {
  backend = await startTestBackend();
});
afterAll(async () => {
  await (backend as TestBackend | undefined)?.close();
});
beforeEach(() => {
  status = undefined;
  gate = Promise.resolve();
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    await gate;
    init.signal?.throwIfAborted();
    if (status !== undefined) return Response.json({ title: 'No' }, { status });
    const given = init.headers as Record<string, string>;
    const answer = await backend.ask(PERSON, init.method ?? 'GET', path, init.body, given);
    return Response.json(answer.body, { status: answer.status });
  });
});

test.each([
  ['plants every day', 'plants', true],
  ['call Ada tomorrow !high #home', 'call Ada', false],
  ['water the garden every 3 days at 7pm #evening', 'water the garden', true],
])('“%s” is understood although its preview goes away first', async (line, title, repeats) => {
  const client = new QueryClient();
  let open = (): void => undefined;
  gate = new Promise((resolve) => {
    open = resolve;
  });
  const observer = new QueryObserver(client, readingOptions(line, []));
  const leave = observer.subscribe(() => undefined);
  const read = readLine(client, { title: line, ignored: [] });
  leave();
  open();
  const task = await read;
  expect(task.title).toBe(title);
  expect(task.recurrence !== null).toBe(repeats);
  expect(task.due).not.toBeNull();
});

test.each([429, 500, 502, 503])('a reading answered with %i adds nothing', async (answer) => {
  status = answer;
  const read = readLine(new QueryClient(), { title: 'plants every day', ignored: [] });
  await expect(read).rejects.toThrow(ApiError);
});

test.each([400, 422])('a line that is refused with %i is taken as it is', async (answer) => {
  status = answer;
  const task = await readLine(new QueryClient(), { title: ' plants every day ', ignored: [] });
  expect(task).toMatchObject({ title: 'plants every day', due: null, recurrence: null });
});
