// The web app's signing keys change while people are signed in, and its JWKS can be away: what becomes of tokens.
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { JWK } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { keySources } from '../src/identity/key-sources.ts';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';

const ISSUER = 'http://localhost:3000';
const MINUTE_MS = 60_000;

interface Signer {
  readonly jwk: JWK;
  token: (user?: string) => Promise<string>;
}

async function signer(kid: string): Promise<Signer> {
  const pair = await generateKeyPair('EdDSA', { extractable: true });
  return {
    jwk: { ...(await exportJWK(pair.publicKey)), kid, alg: 'EdDSA' },
    token: (user = 'anna') =>
      new SignJWT({ zone: 'UTC', locale: 'en' })
        .setProtectedHeader({ alg: 'EdDSA', kid })
        .setSubject(user)
        .setIssuer(ISSUER)
        .setAudience('todo')
        // long enough to outlive every wait below
        .setExpirationTime(Math.floor(Date.now() / 1_000) + 7 * 24 * 3_600)
        .sign(pair.privateKey),
  };
}

/** A JWKS endpoint of which a test decides what it gives; null: it answers 500. */
class Endpoint {
  keys: Signer[] | null = [];
  reads = 0;
  private readonly server: Server = createServer((_request, response) => {
    this.reads += 1;
    if (this.keys === null) response.writeHead(500).end();
    else
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ keys: this.keys.map((key) => key.jwk) }));
  });
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/jwks`;
  }
  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

describe('signing keys', () => {
  const endpoint = new Endpoint();
  let url: string;
  let t: TestBackend;
  let a: Signer;
  let b: Signer;
  let authorized: (token: string) => Promise<number>;
  beforeAll(async () => {
    url = await endpoint.listen();
    [a, b] = await Promise.all([signer('a'), signer('b')]);
    t = await startTestBackend();
  });
  afterAll(async () => {
    await t.close();
    endpoint.close();
  });
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    endpoint.keys = [a];
    endpoint.reads = 0;
    const { app } = await t.another({
      auth: { keys: keySources([url]), issuer: ISSUER, audience: 'todo' },
    });
    authorized = async (token) =>
      (await app.inject({ url: '/api/v1/me', headers: { authorization: `Bearer ${token}` } }))
        .statusCode;
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const wait = (ms: number): void => {
    vi.setSystemTime(Date.now() + ms);
  };

  it('a new key is taken at once, and tokens of the old one stay good until it is withdrawn', async () => {
    const old = await a.token();
    expect(await authorized(old)).toBe(200);
    wait(3_000);
    endpoint.keys = [b, a];
    const fresh = await b.token();
    expect(await authorized(fresh)).toBe(200);
    expect(await authorized(old)).toBe(200);
    endpoint.keys = [b];
    wait(11 * MINUTE_MS);
    expect(await authorized(old)).toBe(401);
    expect(await authorized(fresh)).toBe(200);
  });

  it('a rotation under load refuses nobody', async () => {
    const answers: number[] = [];
    for (let n = 0; n < 60; n += 1) {
      if (n === 20) endpoint.keys = [b, a];
      wait(1_000);
      const tokens = n < 21 ? [a] : [a, b];
      answers.push(
        ...(await Promise.all(tokens.map(async (key) => authorized(await key.token())))),
      );
    }
    expect(new Set(answers)).toEqual(new Set([200]));
  });

  it('made-up keys are refused and can not make us read the keys all the time', async () => {
    await authorized(await a.token());
    const before = endpoint.reads;
    for (let n = 0; n < 20; n += 1)
      expect(await authorized(await (await signer(`made up ${n}`)).token())).toBe(401);
    expect(endpoint.reads - before).toBeLessThanOrEqual(1);
    expect(await authorized(await a.token())).toBe(200);
  });

  it('a key of the right name but another secret is refused', async () => {
    expect(await authorized(await (await signer('a')).token())).toBe(401);
  });

  it('while the keys can not be read, those of before stay good; an unknown key is "not now", not "no"', async () => {
    const token = await a.token();
    expect(await authorized(token)).toBe(200);
    endpoint.keys = null;
    wait(30 * MINUTE_MS);
    expect(await authorized(token)).toBe(200);
    expect(await authorized(await b.token())).toBe(503);
    const reads = endpoint.reads;
    for (let n = 0; n < 10; n += 1) expect(await authorized(token)).toBe(200);
    expect(endpoint.reads).toBe(reads);
    wait(25 * 60 * MINUTE_MS);
    expect(await authorized(token)).toBe(503);
    endpoint.keys = [b];
    wait(3_000);
    expect(await authorized(await b.token())).toBe(200);
    expect(await authorized(token)).toBe(401);
  });

  it('a start without the keys is "not now" until they are there', async () => {
    endpoint.keys = null;
    expect(await authorized(await a.token())).toBe(503);
    endpoint.keys = [a];
    wait(3_000);
    expect(await authorized(await a.token())).toBe(200);
  });
});
