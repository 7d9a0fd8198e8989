// `npm run up -- --demo`: an account with lists, tags, repeating tasks and a history, made through the web app as a person
// would. Starting again changes nothing: an account that has tasks is left as it is.
import { DEMO_LISTS, DEMO_TASKS, type DemoTask } from './demo-data.ts';

/** How to sign in to the demo. Only for a system on this machine. */
export const DEMO_SIGN_IN = { email: 'demo@example.com', password: 'a quiet green harbour' };

/** The person's zone: this machine's. */
const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/**
 * Makes the account and its tasks, where they are not there yet.
 * @param publicUrl of the running web app
 * @param now for the days of the tasks
 * @throws Error when the system refuses something
 */
export async function makeDemo(publicUrl: string, now = new Date()): Promise<void> {
  const token = await signIn(publicUrl);
  const call = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const headers: Record<string, string> = { authorization: `Bearer ${token}` };
    if (body !== undefined) headers['content-type'] = 'application/json';
    const answer = await fetch(`${publicUrl}/api/v1${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await contentOf(answer, `${method} ${path}`)) as T;
  };
  const { items: known } = await call<{ items: unknown[] }>('GET', '/tasks?limit=1');
  if (known.length > 0) return;
  const lists = new Map<string, string>();
  for (const name of DEMO_LISTS)
    lists.set(name, (await call<{ id: string }>('POST', '/lists', { name })).id);
  for (const task of DEMO_TASKS) {
    const { id } = await call<{ id: string }>('POST', '/tasks', bodyOf(task, lists, now));
    for (const title of task.subtasks ?? []) await call('POST', '/tasks', { title, parentId: id });
    if (task.done === true) await call('POST', `/tasks/${id}/complete`, {});
  }
}

function bodyOf(
  { title, notes, list, tags, priority, day, time, rule, reminders }: DemoTask,
  lists: ReadonlyMap<string, string>,
  now: Date,
): object {
  return {
    title,
    ...(notes !== undefined && { notes }),
    ...(list !== undefined && { listId: lists.get(list) }),
    ...(tags !== undefined && { tags }),
    ...(priority !== undefined && { priority }),
    ...(day !== undefined && { due: dueOf(day, time, now) }),
    ...(rule !== undefined && { recurrence: { rule, from: 'due' } }),
    ...(reminders !== undefined && { reminders: reminders.map((before) => ({ before })) }),
  };
}

/** @param day days from today, by this machine's clock */
function dueOf(day: number, time: string | undefined, now: Date): object {
  const at = new Date(now.getFullYear(), now.getMonth(), now.getDate() + day, 12);
  const twoDigits = (part: number): string => String(part).padStart(2, '0');
  const date = `${at.getFullYear()}-${twoDigits(at.getMonth() + 1)}-${twoDigits(at.getDate())}`;
  return time === undefined
    ? { kind: 'date', date }
    : { kind: 'local', local: `${date}T${time}`, zone: ZONE };
}

/** Signs in, signing up first where the account is not there. @returns a JWT */
async function signIn(publicUrl: string): Promise<string> {
  const post = async (path: string, body: object): Promise<Response> =>
    await fetch(`${publicUrl}/api/auth${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: publicUrl },
      body: JSON.stringify(body),
    });
  let answer = await post('/sign-in/email', DEMO_SIGN_IN);
  if (answer.status === 401) {
    const person = { name: 'Demo', ...DEMO_SIGN_IN, zone: ZONE, locale: 'en' };
    await contentOf(await post('/sign-up/email', person), 'signing up');
    answer = await post('/sign-in/email', DEMO_SIGN_IN);
  }
  const cookie = answer.headers.getSetCookie().map((one) => one.split(';')[0]);
  await contentOf(answer, 'signing in');
  const token = await fetch(`${publicUrl}/api/auth/token`, {
    headers: { cookie: cookie.join('; ') },
  });
  return ((await contentOf(token, 'a token')) as { token: string }).token;
}

/** The JSON of an answer. @throws Error naming what was asked */
async function contentOf(answer: Response, what: string): Promise<unknown> {
  const text = await answer.text();
  if (!answer.ok)
    throw new Error(`The demo could not be made (${what}): ${answer.status} ${text.slice(0, 300)}`);
  return text === '' ? undefined : JSON.parse(text);
}
