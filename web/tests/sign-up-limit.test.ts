// How many people may sign up from one address in a minute is the operator's to say.
import path from 'node:path';
import { createTestDatabase, type TestDatabase } from '@todo/testing/test-database-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auth } from '@/server/auth';
import { readWebConfig } from '@/server/config';
import { database } from '@/server/database';
import { prepareDatabase } from '@/server/readiness';

const PUBLIC_URL = 'http://localhost:5397';
const ENV = {
  PUBLIC_URL,
  BACKEND_URL: 'http://127.0.0.1:1',
  BETTER_AUTH_SECRET: 'a-secret-of-tests-only-0123456789abcdef',
  DATABASE_URL: 'postgresql://x@localhost/x',
};
let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase({ qualifiedNames: true });
  Object.assign(process.env, { ...ENV, DATABASE_URL: db.url, SIGN_UPS_PER_MINUTE: '3' });
  process.chdir(path.join(import.meta.dirname, '..'));
  await prepareDatabase();
});
afterAll(async () => {
  await database().pool.end();
  await db.drop();
});

const signUp = async (n: number, address: string): Promise<number> => {
  const body = { name: 'Mia', email: `mia${n}@example.com`, password: 'plain words for a test' };
  const response = await auth().handler(
    new Request(`${PUBLIC_URL}/api/auth/sign-up/email`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        origin: PUBLIC_URL,
        'x-forwarded-for': address,
      },
      body: JSON.stringify({ ...body, zone: 'UTC', locale: 'en' }),
    }),
  );
  return response.status;
};

test('three a minute from one address, and another address has its own three', async () => {
  const statuses: number[] = [];
  for (let n = 0; n < 4; n++) statuses.push(await signUp(n, '192.0.2.1'));
  expect(statuses).toEqual([200, 200, 200, 429]);
  expect(await signUp(9, '192.0.2.2')).toBe(200);
});

test('20 where nothing is said, and never none', () => {
  expect(readWebConfig(ENV)).toMatchObject({ SIGN_INS_PER_MINUTE: 20, SIGN_UPS_PER_MINUTE: 20 });
  expect(() => readWebConfig({ ...ENV, SIGN_UPS_PER_MINUTE: '0' })).toThrow(/SIGN_UPS_PER_MINUTE/);
});
