// A replica that has not migrated its schema yet is not ready: a roll-out would send it requests that can only fail.
import { startTestBackend, type TestBackend } from '@todo/testing/backend-under-test';
import { afterAll, beforeAll, expect, it } from 'vitest';

let t: TestBackend;
beforeAll(async () => {
  t = await startTestBackend();
});
afterAll(() => t.close());

const schemaOf = async (backend: TestBackend['backend']) =>
  (await backend.app.inject('/readyz')).json<{ checks: { schema: string } }>().checks.schema;

it('is ready only after its start', async () => {
  expect(await schemaOf(t.backend)).toBe('ok');
  const fresh = await t.another({}, false);
  expect(await schemaOf(fresh)).toBe('not migrated yet');
  fresh.start();
  expect(await schemaOf(fresh)).toBe('ok');
});
