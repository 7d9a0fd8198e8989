// A process listens before it has migrated its schema. It must not be sent requests until then: they would meet the old schema.
import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { registerHealth, startCheck } from '../src/health.ts';

test('a process is alive while it starts, and ready once it has', async () => {
  const app = Fastify();
  const migrated = startCheck('not migrated yet');
  registerHealth(app, { schema: migrated.check });
  const ask = async (url: string) => {
    const answer = await app.inject(url);
    return [answer.statusCode, answer.json<{ status: string; checks?: object }>()] as const;
  };
  expect((await ask('/health'))[0]).toBe(200);
  expect(await ask('/readyz')).toMatchObject([
    503,
    { status: 'unready', checks: { schema: 'not migrated yet' } },
  ]);
  migrated.done();
  expect(await ask('/readyz')).toMatchObject([200, { status: 'ready', checks: { schema: 'ok' } }]);
  await app.close();
});
