// The release's proof: as a user of its own, in through the web app, it makes a repeating task and completes
// it; the next occurrence shows that the event went backend → broker → recurring → backend, the history that
// audit saw it. Runs in the web app's pod, where that user's password can be derived from a secret that never
// leaves it. The tasks are deleted again.
import { readArguments } from '../run/usage.ts';
import { kubectl, program, say } from './cluster.ts';

/** Runs in the pod, as a module on standard input; `AUDIT` is replaced by true or false. */
export const PROOF = `
import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
const origin = process.env.PUBLIC_URL;
const web = 'http://127.0.0.1:' + (process.env.PORT ?? 3000);
const key = readFileSync(process.env.BETTER_AUTH_SECRET_FILE);
const derived = (text) => createHmac('sha256', key).update(text).digest();
// One account for each secret: after a new secret the former account's password can't be derived any more.
const email = 'release-probe-' + derived('account').toString('hex').slice(0, 12) + '@todo.invalid';
const password = derived(email).toString('base64url');
let cookie = '';
// A Service reaches a new pod some moments after the pod is ready; until then parts answer 503 and ask to be asked again.
async function call(method, path, body, headers = {}) {
  for (const start = Date.now(); ; ) {
    const answered = await callOnce(method, path, body, headers);
    if (answered.status !== 503 || Date.now() - start > 15_000) return answered;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
async function callOnce(method, path, body, headers) {
  const response = await fetch(web + path, {
    method,
    headers: { origin, 'content-type': 'application/json', ...(cookie ? { cookie } : {}), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(15_000),
  });
  const set = response.headers.getSetCookie().map((one) => one.split(';')[0]).join('; ');
  if (set) cookie = set;
  const text = await response.text();
  let answer; try { answer = JSON.parse(text); } catch { answer = text; }
  return { status: response.status, answer };
}
function expect(what, { status, answer }, ...wanted) {
  if (!wanted.includes(status)) { console.error(what + ': HTTP ' + status + ' ' + JSON.stringify(answer)?.slice(0, 500)); process.exit(1); }
  return answer;
}
async function until(what, seconds, ask) {
  const start = Date.now();
  for (let last; ; ) {
    last = await ask();
    if (last.found) return Date.now() - start;
    if (Date.now() - start > seconds * 1000) { console.error(what + ' did not appear within ' + seconds + ' s: ' + JSON.stringify(last.seen)?.slice(0, 500)); process.exit(1); }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
const signIn = () => call('POST', '/api/auth/sign-in/email', { email, password });
if ((await signIn()).status !== 200) {
  expect('sign-up', await call('POST', '/api/auth/sign-up/email', { email, password, name: 'Release probe', zone: 'UTC', locale: 'en' }), 200);
  // The answer to a sign-up has no session. Where addresses must be confirmed first, the link for it can be made of the secret, too.
  if ((await signIn()).status !== 200) {
    const part = (value) => Buffer.from(value).toString('base64url');
    const seconds = Math.floor(Date.now() / 1000);
    const link = part(JSON.stringify({ alg: 'HS256' })) + '.' + part(JSON.stringify({ email, iat: seconds, exp: seconds + 60 }));
    await call('GET', '/api/auth/verify-email?token=' + link + '.' + createHmac('sha256', key).update(link).digest('base64url'));
    expect('sign-in', await signIn(), 200);
  }
}
const title = 'Release probe ' + randomUUID();
const due = new Date(Date.now() + 3_600_000).toISOString().replace(/\\.\\d+Z/, 'Z');
const task = expect('create a task', await call('POST', '/api/v1/tasks', { title, due: { kind: 'instant', at: due }, recurrence: { rule: 'FREQ=DAILY', from: 'due' } }), 201, 200);
const completed = Date.now();
expect('complete it', await call('POST', '/api/v1/tasks/' + task.id + '/complete', {}), 200);
let next;
const ms = await until('the next occurrence', 45, async () => {
  const { answer } = await call('GET', '/api/v1/tasks?q=' + encodeURIComponent(title));
  const tasks = Array.isArray(answer) ? answer : (answer.tasks ?? answer.items ?? []);
  next = tasks.find((one) => one.title === title && one.id !== task.id);
  return { found: next !== undefined, seen: answer };
});
const told = ['completed to next occurrence ' + ms + ' ms'];
if (AUDIT) { // longer than the lease (30 s) of a replica that ended with an event in its hands
  await until('the history', 60, async () => {
    const { status, answer } = await call('GET', '/api/v1/tasks/' + task.id + '/history');
    return { found: status === 200 && JSON.stringify(answer).includes('todo.task.completed'), seen: { status, answer } };
  });
  told.push('to history ' + (Date.now() - completed) + ' ms');
}
for (const id of [task.id, next.id]) {
  const { answer } = await call('GET', '/api/v1/tasks/' + id);
  await call('DELETE', '/api/v1/tasks/' + id, undefined, { 'if-match': '"' + answer?.version + '"' });
}
console.log(told.join(', '));
`;

const HELP = `Usage: npm run prove-event -- [options]

Completes a repeating task in the release, as a user of its own, and waits for the next occurrence.

  --namespace <name>  where the release is (todo)
  --audit             waits for the history too`;

function main(): void {
  const { values } = readArguments(HELP, {
    options: {
      namespace: { type: 'string', default: 'todo' },
      audit: { type: 'boolean', default: false },
    },
  });
  const out = kubectl(
    [
      'exec',
      '--stdin',
      '--namespace',
      values.namespace,
      'deploy/todo-frontend',
      '--container',
      'app',
      '--',
      'node',
      '--input-type=module',
      '-',
    ],
    PROOF.replace('if (AUDIT)', `if (${String(values.audit)})`),
  );
  say(out.trim());
}

if (import.meta.main) await program(main);
