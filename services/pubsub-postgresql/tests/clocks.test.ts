// Replicas whose clocks disagree by hours: leases, retries and times to live are the server's business alone.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { connectSidecar, until, type SidecarClient } from '@todo/testing/sidecar-client';
import { freePort } from '@todo/local/free-port';
import { createWorld, fresh, pause, texts, type World } from './world.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const SOURCES = fileURLToPath(new URL('../src/', import.meta.url));

let world: World;
const children = new Set<ChildProcess>();
const folders: string[] = [];
beforeAll(async () => {
  world = await createWorld();
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
  await world.stopAll();
});
afterAll(async () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  await world.close();
});

/** A component process whose clock is off by so many hours. */
async function skewed(
  hours: number,
  properties: Record<string, string>,
): Promise<{
  client: SidecarClient;
  kill: () => void;
}> {
  const folder = mkdtempSync(join(tmpdir(), 'pubsub-postgresql-clock-'));
  folders.push(folder);
  const code = `const real = Date; const off = ${hours * 3_600_000};
    globalThis.Date = class extends real { constructor(...a) { if (a.length === 0) super(real.now() + off); else super(...a); }
      static now() { return real.now() + off; } };`;
  const child = spawn(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(code)}`, MAIN],
    {
      stdio: 'ignore',
      env: {
        ...process.env,
        DAPR_COMPONENTS_SOCKETS_FOLDER: folder,
        DAPR_HTTP_PORT: String(await freePort()),
        LOG_LEVEL: 'silent',
      },
    },
  );
  children.add(child);
  await until('the socket is there', () => readdirSync(folder).includes('postgresql.sock'), 60_000);
  const client = connectSidecar(join(folder, 'postgresql.sock'));
  await client.init({
    connectionString: world.url,
    initialPosition: 'earliest',
    visibilityTimeout: '2s',
    retryBackoff: '200ms',
    ...properties,
  });
  return {
    client,
    kill: () => {
      client.close();
      child.kill('SIGKILL');
    },
  };
}

test('one clock a day ahead, one a day behind: no message twice, none missing', async () => {
  const topic = fresh('clocks');
  const group = { consumerID: fresh('group') };
  const ahead = await skewed(24, group);
  const behind = await skewed(-24, group);
  const pulls = [ahead.client.pull(topic), behind.client.pull(topic)];
  for (let n = 0; n < 40; n++)
    await (n % 2 ? ahead : behind).client.publish(topic, String(n), { ttlInSeconds: '60' });
  const received = (): string[] => pulls.flatMap((pull) => texts(pull.received));
  await until('all', () => received().length >= 40);
  await pause(2_500); // longer than a lease
  expect(received().sort()).toEqual(Array.from({ length: 40 }, (_, n) => String(n)).sort());
}, 90_000);

test('the holder’s clock is a day ahead and it is killed: its message is another’s when the server says so, not before and not a day later', async () => {
  const topic = fresh('killed');
  const group = { consumerID: fresh('group') };
  const holding = await skewed(24, group);
  const held = holding.client.pull(topic, () => 'hold');
  await holding.client.publish(topic, 'x');
  await until('it has it', () => held.received.length === 1);
  holding.kill();
  const killedAt = performance.now();
  const other = await skewed(-24, group);
  const pull = other.client.pull(topic);
  await until('the other gets it', () => pull.received.length === 1, 15_000);
  expect(performance.now() - killedAt).toBeGreaterThan(500); // a lease of 2 s, renewed every third of it
}, 90_000);

test('a server whose clock went back: a lease that seems to last for hours is not believed', async () => {
  const topic = fresh('back');
  const group = fresh('group');
  const replica = await world.replica({ consumerID: group, visibilityTimeout: '2s' });
  const pull = replica.pull(topic);
  await replica.publish(topic, 'first');
  await until('first', () => pull.received.length === 1);
  await pause(200);
  // What a dead owner left behind on the old server, whose clock was ahead.
  await world.sql(
    `update dapr_pubsub.cursors set owner = gen_random_uuid(), epoch = epoch + 1, lease_for = interval '2 seconds',
       lease_until = now() + interval '3 hours'
     where group_id = (select group_id from dapr_pubsub.groups where name = $1)`,
    [group],
  );
  for (let n = 0; n < 8; n++) await replica.publish(topic, String(n));
  await until('all', () => pull.received.length === 9);
});

test('no source of the component asks this process what time it is', () => {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' });
  // OTLP gives a metric the exporting process's time; nothing is decided by it.
  for (const name of files.filter((file) => file.endsWith('.ts') && file !== 'metrics-export.ts')) {
    const text = readFileSync(join(SOURCES, name), 'utf8');
    expect(text, name).not.toMatch(/Date\.now\(|new Date\(/);
  }
});
