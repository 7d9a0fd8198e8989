// The program that proves an event, against answers as the parts give them in the first moments of a release.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { PROOF } from '../src/steps/prove-event.ts';

/** Accounts that a system has: address → password. */
type Accounts = Map<string, string>;

/** Runs the proof; `unready` answers of 503 come before the first task can be made. */
async function prove(
  unready: number,
  authSecret = 'a secret of the web app',
  accounts: Accounts = new Map(),
): Promise<{ code: number; said: string; titles: string[] }> {
  const titles: string[] = [];
  let left = unready;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const answer = (status: number, value: object): void => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(value));
      };
      const task = (id: string) => ({ id, title: titles[0], version: 1 });
      const route = `${request.method} ${request.url?.split('?')[0]}`;
      if (route.startsWith('POST /api/auth/')) {
        const { email, password } = JSON.parse(body) as { email: string; password: string };
        const signUp = route.endsWith('/sign-up/email');
        if (signUp && accounts.has(email)) answer(422, { code: 'USER_ALREADY_EXISTS' });
        else if (signUp) answer(200, { token: accounts.set(email, password).size });
        else if (accounts.get(email) === password) answer(200, {});
        else answer(401, { code: 'INVALID_EMAIL_OR_PASSWORD' });
      } else if (route === 'POST /api/v1/tasks' && left > 0) {
        left -= 1;
        answer(503, { title: 'Temporarily unavailable' });
      } else if (route === 'POST /api/v1/tasks') {
        titles.push((JSON.parse(body) as { title: string }).title);
        answer(201, task('one'));
      } else if (route === 'GET /api/v1/tasks') answer(200, { items: [task('one'), task('two')] });
      else answer(200, task('one'));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const secret = join(mkdtempSync(join(tmpdir(), 'prove-')), 'secret');
  writeFileSync(secret, authSecret);
  const child = spawn(process.execPath, ['--input-type=module', '-'], {
    env: {
      PORT: String((server.address() as AddressInfo).port),
      PUBLIC_URL: 'http://todo.example',
      BETTER_AUTH_SECRET_FILE: secret,
    },
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stdin.end(PROOF.replace('if (AUDIT)', 'if (false)'));
  const [code] = (await once(child, 'close')) as [number];
  return { code, said, titles };
}

test('a part that is not reachable in the first moments is asked again; one task is made', async () => {
  const { code, said, titles } = await prove(3);
  expect(said).toMatch(/^completed to next occurrence \d+ ms/);
  expect(code).toBe(0);
  expect(titles).toHaveLength(1);
});

test('after a new BETTER_AUTH_SECRET the proof has an account of its own, and keeps it', async () => {
  const accounts: Accounts = new Map();
  for (const secret of ['the first secret', 'the second secret', 'the second secret'])
    expect((await prove(0, secret, accounts)).code).toBe(0);
  expect(accounts.size).toBe(2);
});
