// The conversations in Dapr's real state store: daprd with state.postgresql, as dapr/components/statestore.yaml sets it up.
//
// Needs daprd: the variable DAPRD, or `daprd` on the PATH.
import { prepareDaprState } from '@todo/runtime/dapr-state';
import { createLogger } from '@todo/runtime/log';
import { createSidecar, SidecarError } from '@todo/runtime/sidecar';
import { freePorts } from '@todo/local/free-port';
import { createTestDatabase } from '@todo/testing/test-database-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAPRD, STATESTORE, startStateSidecar } from '@todo/testing/state-sidecar';
import type { StateSidecar } from '@todo/testing/state-sidecar';
import { createConversationStore } from '../../src/chat/conversation-store.ts';
import { emptyConversation } from '../../src/chat/conversation.ts';
import type { ChatMessage } from '../../src/chat/conversation.ts';

const LONG_S = 3_600;

describe.skipIf(!DAPRD)('conversations in a real state store', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let sidecar: StateSidecar;
  const log = createLogger({ service: 'test', level: 'silent' });

  beforeAll(async () => {
    database = await createTestDatabase();
    await prepareDaprState({ url: database.url, log });
    sidecar = await startStateSidecar(STATESTORE, database.url);
  });
  afterAll(async () => {
    await sidecar.stop(true);
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
