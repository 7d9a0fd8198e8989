// A refused login is told from an image that is not there, and proved before anything is built: by the program that asks a
// registry, against one that speaks the specification's two kinds of login.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { pushAccess } from '../src/push-access.ts';
import type { PushAccess } from '../src/push-access.ts';
import { answerOf, loginHint } from '../src/registry-login.ts';
import { dockerConfig } from '../src/registry.ts';

const BASIC = Buffer.from('ann:right').toString('base64');
const WRONG = Buffer.from('ann:wrong').toString('base64');

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

interface Seen {
  readonly requests: string[];
  /** Uploads that are begun and not ended. */
  readonly open: Set<string>;
}

/** A registry at an address of this machine, as the distribution specification describes one. */
async function registry(options: {
  readonly kind: 'basic' | 'bearer';
  /** Status of a POST with a right login; 202 if not given. */
  readonly begin?: number;
}): Promise<{ host: string; seen: Seen }> {
  const seen: Seen = { requests: [], open: new Set() };
  const allowed = (request: IncomingMessage) =>
    request.headers.authorization ===
    (options.kind === 'basic' ? `Basic ${BASIC}` : 'Bearer pushing');
  server = createServer((request, response) => {
    const { host = '' } = request.headers;
    const url = new URL(request.url ?? '', `http://${host}`);
    seen.requests.push(`${request.method ?? ''} ${url.pathname}`);
    const end = (status: number, headers: Record<string, string> = {}, body = '') => {
      response.writeHead(status, headers).end(body);
    };
    if (url.pathname === '/token') {
      if (request.headers.authorization !== `Basic ${BASIC}`) {
        end(401, {}, '{"errors":[{"code":"UNAUTHORIZED"}]}');
        return;
      }
      const pushes = url.searchParams.get('scope') === 'repository:team/todo/backend:pull,push';
      end(200, {}, JSON.stringify({ token: pushes ? 'pushing' : 'reading' }));
      return;
    }
    if (!allowed(request)) {
      const challenge =
        options.kind === 'basic'
          ? 'Basic realm="registry"'
          : `Bearer realm="http://${host}/token",service="registry"`;
      end(401, { 'www-authenticate': challenge });
      return;
    }
    if (request.method === 'POST') {
      const status = options.begin ?? 202;
      if (status === 202) seen.open.add('/v2/team/todo/backend/blobs/uploads/1');
      end(status, status === 202 ? { location: '/v2/team/todo/backend/blobs/uploads/1?s=x' } : {});
    } else if (request.method === 'DELETE') {
      seen.open.delete(url.pathname);
      end(204);
    } else end(200);
  });
  await new Promise<void>((ready) => server?.listen(0, '127.0.0.1', ready));
  return { host: `127.0.0.1:${String((server.address() as AddressInfo).port)}`, seen };
}

describe('the login is proved by beginning a push', () => {
  test.each(['basic', 'bearer'] as const)(
    '%s: granted, and nothing is left behind',
    async (kind) => {
      const { host, seen } = await registry({ kind });
      const answer = await pushAccess(`${host}/team/todo/backend`, BASIC);
      expect(answer).toMatchObject({ access: 'granted' });
      expect(seen.requests).toContain('DELETE /v2/team/todo/backend/blobs/uploads/1');
      expect([...seen.open]).toEqual([]);
    },
  );
  test.each(['basic', 'bearer'] as const)('%s: a wrong token is refused', async (kind) => {
    const { host, seen } = await registry({ kind });
    const answer = await pushAccess(`${host}/team/todo/backend`, WRONG);
    expect(answer).toMatchObject({
      access: 'refused',
      detail: expect.stringMatching(/^401 /) as unknown,
    });
    expect([...seen.open]).toEqual([]);
  });
  test('a token that may not push this image is refused', async () => {
    const { host } = await registry({ kind: 'bearer' });
    expect(await pushAccess(`${host}/other/backend`, BASIC)).toMatchObject({ access: 'refused' });
  });
  test('a login that may only read is refused', async () => {
    const { host } = await registry({ kind: 'basic', begin: 403 });
    expect(await pushAccess(`${host}/team/todo/backend`, BASIC)).toMatchObject({
      access: 'refused',
      detail: '403 on /v2/team/todo/backend/blobs/uploads/',
    });
  });
  test.each([404, 405, 429, 500, 503])('%i says nothing of the login', async (begin) => {
    const { host } = await registry({ kind: 'basic', begin });
    expect(await pushAccess(`${host}/team/todo/backend`, BASIC)).toMatchObject({
      access: 'unknown',
    });
  });
  test('a registry that is not there says nothing of the login', async () => {
    const { host } = await registry({ kind: 'basic' });
    server?.close();
    expect(await pushAccess(`${host}/team/todo/backend`, BASIC)).toMatchObject({
      access: 'unknown',
    });
  });
  test('as a program: one line a repository, and never the login', async () => {
    const { host } = await registry({ kind: 'basic' });
    const folder = mkdtempSync(join(tmpdir(), 'push-access-'));
    try {
      const config = join(folder, 'config.json');
      writeFileSync(config, dockerConfig(host, 'ann', 'right\n'));
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [
        ...[join(import.meta.dirname, '../src/push-access.ts'), config],
        ...[`${host}/team/todo/backend`, `${host}/team/todo/web`],
      ]);
      const lines = stdout.trim().split('\n');
      expect(lines.map((line) => (JSON.parse(line) as PushAccess).access)).toEqual([
        'granted',
        'granted',
      ]);
      expect(stdout + stderr).not.toContain(BASIC);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('what crane says of an image it could not get', () => {
  test.each([
    'Error: GET https://fra.ocir.io/v2/ns/todo/web/manifests/0a1b: UNAUTHORIZED: authentication required; unexpected status code 401 Unauthorized',
    'HEAD https://r.example:5000/v2/todo/web/manifests/x: unexpected status code 401 Unauthorized (HEAD responses have no body, use GET for details)',
    'Error: GET https://ghcr.io/token?scope=x&service=ghcr.io: DENIED: requested access to the resource is denied; 403',
    'GET https://auth.docker.io/token: unexpected status code 401 Unauthorized: {"details":"incorrect username or password"}',
    'DENIED: Anonymous users are only allowed read access on public repos',
    'error: 403 Forbidden',
    // Docker Hub says both at once
    'pull access denied, repository does not exist or may require authorization: name unknown',
  ])('refused: %s', (text) => {
    expect(answerOf(text)).toBe('refused');
  });
  test.each([
    'Error: GET https://r/v2/todo/web/manifests/0a1b: MANIFEST_UNKNOWN: manifest unknown; map[Tag:0a1b]',
    'GET https://r/v2/todo/web/manifests/x: NAME_UNKNOWN: repository name not known to registry; map[name:todo/web]',
    'HEAD https://r/v2/todo/web/manifests/x: unexpected status code 404 Not Found',
    'NOT_FOUND: artifact todo/web:0a1b not found',
    `404 Not Found: sha256:${'4'.repeat(3)}${'01'.repeat(30)}a`,
    'HEAD https://r.example:401/v2/x/manifests/y: 404 Not Found',
  ])('absent: %s', (text) => {
    expect(answerOf(text)).toBe('absent');
  });
  test.each(['', 'dial tcp: lookup r.example: no such host', '503 Service Unavailable', 'EOF'])(
    'unclear: %s',
    (text) => {
      expect(answerOf(text)).toBe('unclear');
    },
  );
  test.each(['ocir', 'ghcr', 'other'] as const)('%s: the hint is for that registry', (kind) => {
    expect(/OCIR/.test(loginHint(kind))).toBe(kind === 'ocir');
    expect(/write:packages/.test(loginHint(kind))).toBe(kind === 'ghcr');
  });
});
