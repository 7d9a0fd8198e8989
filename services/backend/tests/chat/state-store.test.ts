// The conversations in Dapr's real state store: daprd with state.postgresql, as dapr/components/statestore.yaml sets it up.
//
// Needs daprd: the variable DAPRD, or `daprd` on the PATH.
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '@todo/runtime/log';
import { createSidecar, SidecarError } from '@todo/runtime/sidecar';
import { freePorts } from '@todo/local/free-port';
import { createTestDatabase } from '@todo/testing/test-database-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createConversationStore } from '../../src/chat/conversation-store.ts';
import { emptyConversation } from '../../src/chat/conversation.ts';
import type { ChatMessage } from '../../src/chat/conversation.ts';

const DAPRD = [process.env['DAPRD'], 'daprd'].find(
  (path) => path && spawnSync(path, ['--version'], { stdio: 'ignore' }).status === 0,
);
if (!DAPRD)
  process.stderr.write(
    'SKIPPED: the tests of the state store need daprd (set DAPRD to its path)\n',
  );
const STATESTORE = new URL('../../../../dapr/components/statestore.yaml', import.meta.url);
const LONG_S = 3_600;

describe.skipIf(!DAPRD)('conversations in a real state store', () => {
  let folder: string;
  let daprd: ChildProcess;
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let sidecar: ReturnType<typeof createSidecar>;
  const log = createLogger({ service: 'test', level: 'silent' });

  beforeAll(async () => {
    database = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'chat-state-'));
    const component = (await readFile(STATESTORE, 'utf8'))
      .replace(/secretKeyRef:\s+name: \S+\s+key: \S+/, `value: "${database.url}"`)
      .replace(/auth:\s+secretStore: \S+\n/, '');
    await writeFile(join(folder, 'statestore.yaml'), component);
    const [http = 0, grpc = 0, internal = 0, metrics = 0] = await freePorts(4);
    daprd = spawn(
      DAPRD ?? '',
      [
        ['--app-id', 'todo-backend'],
        ['--resources-path', folder],
        ['--dapr-http-port', String(http)],
        ['--dapr-grpc-port', String(grpc)],
        ['--dapr-internal-grpc-port', String(internal)],
        ['--metrics-port', String(metrics)],
        ['--dapr-listen-addresses', '127.0.0.1'],
      ].flat(),
      { stdio: 'ignore' },
    );
    sidecar = createSidecar({
      host: '127.0.0.1',
      port: http,
      pubsub: 'pubsub',
      statestore: 'statestore',
    });
    while (!(await sidecar.isReady())) await sleep(200);
  });
  afterAll(async () => {
    await sidecar.close();
    const ended = new Promise((done) => daprd.once('exit', done));
    daprd.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true });
    await database.drop();
  });

  it('writes only over the version that was read', async () => {
    expect(await sidecar.readVersioned('a')).toBeUndefined();
    expect(await sidecar.writeVersioned('a', { n: 1 }, undefined, LONG_S)).toBe(true);
    expect(await sidecar.writeVersioned('a', { n: 9 }, undefined, LONG_S)).toBe(false);
    const first = await sidecar.readVersioned('a');
    expect(first?.value).toEqual({ n: 1 });
    expect(await sidecar.writeVersioned('a', { n: 2 }, first?.etag, LONG_S)).toBe(true);
    expect(await sidecar.writeVersioned('a', { n: 3 }, first?.etag, LONG_S)).toBe(false);
    expect((await sidecar.readVersioned('a'))?.value).toEqual({ n: 2 });
    await sidecar.deleteState('a');
    expect(await sidecar.readVersioned('a')).toBeUndefined();
  });

  it('forgets a value when its time is over', async () => {
    await sidecar.writeVersioned('short', { n: 1 }, undefined, 1);
    await expect
      .poll(() => sidecar.readVersioned('short'), { timeout: 15_000, interval: 300 })
      .toBeUndefined();
  });

  it('keeps every message of four writers at once, and any text', async () => {
    const store = createConversationStore({ states: sidecar, log });
    const { memory } = emptyConversation();
    const texts = ['Zażółć gęślą 😀 שלום', '"; DROP TABLE x; --', 'a', 'b', 'c', 'd'];
    // as many at once as the store tries again
    const kept = await Promise.all(
      texts.slice(0, 4).map((text) => store.append('anna || ben', [said(text)], memory)),
    );
    expect(kept).toEqual([true, true, true, true]);
    for (const text of texts.slice(4)) await store.append('anna || ben', [said(text)], memory);
    const read = await store.read('anna || ben');
    expect(read?.messages.map(({ text }) => text).sort()).toEqual([...texts].sort());
    expect((await store.read('anna'))?.messages).toEqual([]);
    await store.clear('anna || ben');
    expect((await store.read('anna || ben'))?.messages).toEqual([]);
  });

  it('says so when there is no sidecar', async () => {
    const [port = 0] = await freePorts(1);
    const nowhere = createSidecar({
      host: '127.0.0.1',
      port,
      pubsub: 'x',
      statestore: 'statestore',
    });
    const store = createConversationStore({ states: nowhere, log });
    expect(await store.read('anna')).toBeUndefined();
    expect(await store.append('anna', [said('x')], emptyConversation().memory)).toBe(false);
    await expect(store.clear('anna')).rejects.toThrow(SidecarError);
    await nowhere.close();
  });
});

function said(text: string): ChatMessage {
  return {
    id: '0198f3c0-0000-7000-8000-000000000000',
    role: 'user',
    at: '2027-05-19T10:00:00.000Z',
    text,
    engine: null,
    cards: [],
    question: null,
    confirmation: null,
    notices: [],
  };
}
