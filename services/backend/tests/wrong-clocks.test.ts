// Replicas of the backend whose own clocks are minutes or a day wrong: what is decided about rows goes by the database's.
// Real processes; here the database's clock is this machine's.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { createTestDatabase } from '@todo/testing/test-database-client';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServiceProcess } from '@todo/testing/service-process';
import type { ServiceProcess } from '@todo/testing/service-process';

const ISSUER = 'http://localhost:3000';
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('backends whose clocks are wrong', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let folder: string;
  let sign: (expiresInS: number) => Promise<string>;
  const running: Record<'ahead' | 'behind' | 'tomorrow' | 'yesterday', ServiceProcess> =
    {} as never;
  const all = () => Object.values(running);

  beforeAll(async () => {
    database = await createTestDatabase();
    folder = mkdtempSync(join(tmpdir(), 'wrong-clocks-'));
    const pair = await generateKeyPair('EdDSA', { extractable: true });
    const keys = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'test', alg: 'EdDSA' }] };
    writeFileSync(join(folder, 'jwks.json'), JSON.stringify(keys));
    sign = (expiresInS) =>
      new SignJWT({ email: 'anna@example.com', zone: 'UTC', locale: 'en' })
        .setProtectedHeader({ alg: 'EdDSA', kid: 'test' })
        .setSubject('anna')
        .setIssuer(ISSUER)
        .setAudience('todo')
        .setExpirationTime(Math.floor(Date.now() / 1_000) + expiresInS)
        .sign(pair.privateKey);
    const start = (offMs: number) =>
      startServiceProcess({
        main: new URL('../src/main.ts', import.meta.url),
        databaseUrl: database.url,
        offMs,
        env: {
          AUTH_ISSUER: ISSUER,
          AUTH_JWKS_URLS: pathToFileURL(join(folder, 'jwks.json')).href,
        },
      });
    running.ahead = await start(7 * MINUTE);
    running.behind = await start(-7 * MINUTE);
    running.tomorrow = await start(DAY);
    running.yesterday = await start(-DAY);
  });
  afterAll(async () => {
    await Promise.all(all().map((one) => one.stop()));
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = async (
    one: ServiceProcess,
    method: string,
    path: string,
    body?: object,
    expiresInS = 300,
  ) => {
    const answer = await fetch(`${one.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await sign(expiresInS)}`,
        'content-type': 'application/json',
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const soon = (ms: number) => new Date(Date.now() + ms).toISOString();
  const sentFor = (id: unknown) =>
    all().flatMap(({ published }) =>
      published.filter(({ topic, event }) => topic === 'reminders' && event.subject === id),
    );

  it.each(['ahead', 'behind', 'tomorrow', 'yesterday'] as const)(
    'a reminder set through the replica that is %s comes at its time, once',
    async (which) => {
      const at = Date.now() + 3_000;
      const { status, body } = await ask(running[which], 'POST', '/tasks', {
        title: 'call',
        reminders: [{ at: new Date(at).toISOString() }],
      });
      expect(status).toBe(201);
      expect(Math.abs(Date.parse(body['createdAt'] as string) - Date.now())).toBeLessThan(5_000);
      while (Date.now() < at - 500) {
        expect(sentFor(body['id'])).toEqual([]);
        await sleep(100);
      }
      await expect.poll(() => sentFor(body['id']).length, { timeout: 5_000 }).toBe(1);
      await sleep(1_000);
      expect(sentFor(body['id'])).toHaveLength(1);
    },
  );

  it('one that is changed and one that is counted back from the due come too', async () => {
    const due = { kind: 'instant', at: soon(MINUTE + 3_000) };
    const { body } = await ask(running.behind, 'POST', '/tasks', { title: 'x', due });
    const changed = await ask(running.ahead, 'PATCH', `/tasks/${body['id'] as string}`, {
      reminders: [{ before: 'PT1M' }],
    });
    expect(changed.status).toBe(200);
    await expect.poll(() => sentFor(body['id']).length, { timeout: 8_000 }).toBe(1);
  });

  it('a token lives as long as it says', async () => {
    for (const one of all()) {
      expect((await ask(one, 'GET', '/tasks', undefined, 240)).status).toBe(200);
      expect((await ask(one, 'GET', '/tasks', undefined, -60)).status).toBe(401);
    }
  });

  it('a live stream of a token that has minutes left stays open', async () => {
    const leaving = new AbortController();
    const answer = await fetch(`${running.ahead.url}/api/v1/live`, {
      headers: { authorization: `Bearer ${await sign(240)}` },
      signal: leaving.signal,
    });
    const state = { ended: false };
    const read = async () => {
      for await (const chunk of answer.body!)
        expect((chunk as Uint8Array).length).toBeGreaterThan(0);
      state.ended = true;
    };
    read().catch(() => undefined);
    await sleep(1_500);
    expect(state.ended).toBe(false);
    leaving.abort();
  });

  it('"tomorrow" is the database’s tomorrow', async () => {
    const wanted = new Date(Date.now() + DAY).toISOString().slice(0, 10);
    for (const one of all()) {
      const { body } = await ask(one, 'POST', '/quick-add/preview', { text: 'pay rent tomorrow' });
      expect(JSON.stringify(body)).toContain(wanted);
    }
  });

  it('how wrong it is stands in the readiness answer and in the log, and it takes traffic all the same', async () => {
    for (const [which, minutes] of [
      ['ahead', 7],
      ['behind', -7],
    ] as const) {
      const answer = await fetch(`${running[which].url}/readyz`);
      expect(answer.status).toBe(200);
      const body = (await answer.json()) as { clock: { aheadOfDatabaseMs: number } };
      expect(Math.abs(body.clock.aheadOfDatabaseMs - minutes * MINUTE)).toBeLessThan(5_000);
      expect(
        running[which].log().filter(({ level, msg }) => level === 'warn' && /clock/.test(msg)),
      ).toHaveLength(1);
    }
  });
});
