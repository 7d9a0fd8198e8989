// The tool for operators, against real messages of real components: what it shows, what it hides, and that nothing changes
// unless it was told so.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { until } from '@todo/testing/sidecar-client';
import { runCommandLine } from '../src/cli/cli.ts';
import { createWorld, fresh, texts, type World } from './world.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const FAST = { maxDeliveries: '2', retryBackoff: '10ms', retryBackoffMax: '10ms' };

interface Ran {
  code: number;
  out: string;
  error: string;
  /** Of --json. */
  json: Record<string, unknown>;
  rows: (name: string) => Record<string, unknown>[];
}

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterEach(() => world.stopAll());
afterAll(() => world.close());

async function run(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  let out = '';
  let error = '';
  const code = await runCommandLine(
    args,
    { CONNECTION_STRING: world.url, ...env },
    { out: (text) => (out += text), error: (text) => (error += text) },
  );
  const json = (out.startsWith('{') ? JSON.parse(out) : {}) as Record<string, unknown>;
  return { code, out, error, json, rows: (name) => json[name] as Record<string, unknown>[] };
}

/** A topic whose only group has one dead letter, one unread message that it holds, and one acknowledged. */
async function withOneOfEach() {
  const topic = fresh('cli');
  const replica = await world.replica({ ...FAST, consumerID: 'billing' });
  let fails = true;
  const pull = replica.pull(topic, ({ data }) => {
    if (data.includes('held')) return 'hold';
    return fails && data.includes('bad') ? { error: 'password=hunter2 is wrong' } : undefined;
  });
  for (const kind of ['good', 'bad', 'held'])
    await replica.publish(topic, JSON.stringify({ kind, text: 'a private note', apiKey: 'k-1' }));
  await until('all are delivered', () => pull.received.length === 4);
  await until(
    'one is dead',
    async () => (await run(['dead', topic, '--json'])).json['total'] === 1,
  );
  return {
    topic,
    replica,
    pull,
    recover: () => {
      fails = false;
    },
  };
}

async function everything(): Promise<unknown> {
  return world.sql(
    `select (select json_agg(d) from dapr_pubsub.dead_letters d) as dead,
       (select json_agg(r) from dapr_pubsub.retries r) as retries,
       (select json_agg(c order by group_id, shard) from
         (select group_id, shard, epoch, seen::text from dapr_pubsub.cursors) c) as cursors`,
  );
}

describe('looking', () => {
  test('topics, groups, lag and dead letters are those of the components', async () => {
    const { topic } = await withOneOfEach();
    const topics = await run(['topics', '--json']);
    expect(topics.code).toBe(0);
    expect(topics.rows('topics').find((row) => row['topic'] === topic)).toMatchObject({
      shards: 8,
      groups: 1,
      deadLetters: 1,
    });
    expect(topics.json['logBytes']).toBeGreaterThan(0);
    const [group] = (await run(['groups', topic, '--json'])).rows('groups');
    expect(group).toMatchObject({ topic, group: 'billing', deadLetters: 1, givenUpAt: null });
    const [lag] = (await run(['lag', topic, 'billing', '--json'])).rows('lag');
    expect(lag).toMatchObject({ topic, group: 'billing', unread: 1, givenUp: false });
    const [dead] = (await run(['dead', topic, '--json'])).rows('deadLetters');
    expect(dead).toMatchObject({ topic, group: 'billing', attempts: 2 });
    const [next] = (await run(['peek', topic, 'billing', '--json'])).rows('messages');
    expect(next).toMatchObject({ bytes: expect.any(Number) as number });
    expect((await run(['peek', topic, '--json'])).rows('messages')).toHaveLength(3);
    expect((await run(['peek', topic, '--json', '--limit=2'])).rows('messages')).toHaveLength(2);
  });

  test('contents are shown on request only, and never what looks like a secret', async () => {
    const { topic } = await withOneOfEach();
    for (const command of ['peek', 'dead']) {
      const shape = await run([command, topic]);
      expect(shape.out).toContain('"kind":"string(');
      expect(shape.out).not.toMatch(/private note|k-1/);
      const content = await run([command, topic, '--payload']);
      expect(content.out).toContain('a private note');
      expect(content.out).toContain('"apiKey":"***"');
      expect(content.out).not.toContain('k-1');
      const short = await run([command, topic, '--payload', '--bytes=10', '--json']);
      for (const row of Object.values(short.json)
        .flat()
        .filter((x) => typeof x === 'object'))
        expect((row as { payload: string }).payload).toMatch(/^.{10}…$/u);
    }
  });

  test('what a topic is called cannot reach the terminal', async () => {
    const topic = `${fresh('odd')}\u001b[31m\u202e`;
    const replica = await world.replica();
    await replica.publish(topic, '\u001b]0;owned\u0007');
    for (const args of [['topics'], ['peek', topic, '--payload']]) {
      const { out } = await run(args);
      for (const character of ['\u001b', '\u202e', '\u0007']) expect(out).not.toContain(character);
    }
    expect((await run(['topics', '--json'])).out).toContain(JSON.stringify(topic));
  });

  test('a count ends early, and says so, unless it is asked to be exact', async () => {
    const topic = fresh('many');
    const replica = await world.replica({ shards: '1', consumerID: 'slow' });
    const pull = replica.pull(topic, () => 'hold');
    await until('it is subscribed', async () => (await run(['groups', topic])).code === 0);
    await expect
      .poll(async () => (await run(['groups', topic, '--json'])).rows('groups'))
      .toHaveLength(1);
    await world.sql(
      `insert into dapr_pubsub.messages (segment, shard, topic_id, data)
       select 0, 0, topic_id, 'x' from dapr_pubsub.topics, generate_series(1, 2500) where name = $1`,
      [topic],
    );
    pull.cancel();
    const bounded = await run(['lag', topic]);
    expect(bounded.out).toContain('--exact');
    expect((await run(['lag', topic, '--exact', '--json'])).rows('lag')[0]).toMatchObject({
      unread: 2500,
    });
  });

  test('every command but replay and skip works for a role that may only read', async () => {
    const { topic } = await withOneOfEach();
    await world.sql(`drop owned by cli_reader`).catch(() => undefined);
    await world.sql('drop role if exists cli_reader');
    await world.sql("create role cli_reader login password 'reader'");
    await world.sql('grant usage on schema dapr_pubsub to cli_reader');
    await world.sql('grant select on all tables in schema dapr_pubsub to cli_reader');
    const url = new URL(world.url);
    url.username = 'cli_reader';
    url.password = 'reader';
    const env = { CONNECTION_STRING: url.href };
    for (const args of [
      ['topics'],
      ['groups'],
      ['lag'],
      ['peek', topic],
      ['peek', topic, 'billing'],
      ['dead'],
    ])
      expect(await run(args, env)).toMatchObject({ code: 0, error: '' });
    expect((await run(['replay', topic, '--all', '--yes'], env)).code).toBe(1);
    await world.sql('drop owned by cli_reader');
    await world.sql('drop role cli_reader');
  });
});

describe('changing', () => {
  test.each([
    ['replay', (topic: string) => ['replay', topic, '--all']],
    ['skip --all', (topic: string) => ['skip', topic, 'billing', '--all']],
  ])('%s changes nothing without --yes', async (_, args) => {
    const { topic } = await withOneOfEach();
    const before = await everything();
    const ran = await run(args(topic));
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.out).toContain('Nothing was changed');
    expect(await everything()).toEqual(before);
  });

  test('a replayed dead letter is delivered once more, to its own group alone, with all its deliveries before it', async () => {
    const { topic, pull, recover } = await withOneOfEach();
    const other = await world.replica({ consumerID: 'audit' });
    const bystander = other.pull(topic);
    await until('the other group has read all', () => bystander.received.length === 3);
    recover();
    const replayed = await run(['replay', topic, 'billing', '--all', '--yes', '--json']);
    expect(replayed).toMatchObject({ code: 0 });
    expect(replayed.rows('deadLetters')).toMatchObject([
      { topic, group: 'billing', result: 'replayed' },
    ]);
    await until('it is delivered again', () => pull.received.length === 5);
    expect(texts(pull.received).filter((text) => text.includes('bad'))).toHaveLength(3);
    expect((await run(['dead', topic, '--json'])).json['total']).toBe(0);
    await until('only the held one is unread', async () => {
      const [lag] = (await run(['lag', topic, 'billing', '--json'])).rows('lag');
      return lag?.['unread'] === 1;
    });
    expect(bystander.received).toHaveLength(3);
  });

  test('a dead letter that fails again is dead again, and can be replayed again', async () => {
    const { topic, pull, recover } = await withOneOfEach();
    const [first] = (await run(['dead', topic, '--json'])).rows('deadLetters');
    expect((await run(['replay', '--id', String(first!['id']), '--yes'])).code).toBe(0);
    await until('it failed again', () => pull.received.length === 6);
    await expect.poll(async () => (await run(['dead', topic, '--json'])).json['total']).toBe(1);
    const [second] = (await run(['dead', topic, '--json'])).rows('deadLetters');
    expect(second).toMatchObject({ messageId: first!['messageId'], attempts: 2 });
    recover();
    expect((await run(['replay', '--id', String(second!['id']), '--yes'])).code).toBe(0);
    await until('it is handled', () => pull.received.length === 7);
  });

  test('dead letters of a key are replayed in their order', async () => {
    const topic = fresh('ordered');
    const replica = await world.replica({ ...FAST, maxDeliveries: '1', ordering: 'partitionKey' });
    let fails = true;
    const handled: string[] = [];
    const pull = replica.pull(topic, ({ data }) => {
      if (fails) return { error: 'no' };
      handled.push(data.toString());
      return undefined;
    });
    for (const text of ['a', 'b', 'c', 'd'])
      await replica.publish(topic, text, { partitionKey: 'k' });
    await until('all failed', () => pull.received.length === 4);
    await expect.poll(async () => (await run(['dead', topic, '--json'])).json['total']).toBe(4);
    fails = false;
    expect((await run(['replay', topic, '--all', '--yes'])).code).toBe(0);
    await until('all are handled', () => handled.length === 4);
    expect(handled).toEqual(['a', 'b', 'c', 'd']);
  });

  test('two people who replay at once replay once', async () => {
    const { topic, pull, recover } = await withOneOfEach();
    recover();
    const both = await Promise.all(
      [1, 2, 3].map(() => run(['replay', topic, '--all', '--yes', '--json'])),
    );
    const results = both.flatMap((ran) => ran.rows('deadLetters').map((row) => row['result']));
    expect(results.filter((result) => result === 'replayed')).toHaveLength(1);
    await until('it is handled', () => pull.received.length === 5);
    expect((await run(['dead', topic, '--json'])).json['total']).toBe(0);
  });

  test('a dead letter of a group that is gone stays, and the exit code says so', async () => {
    const { topic, replica } = await withOneOfEach();
    await replica.stop();
    await world.sql(
      `delete from dapr_pubsub.groups g using dapr_pubsub.topics t where t.topic_id = g.topic_id and t.name = $1`,
      [topic],
    );
    const ran = await run(['replay', topic, '--all', '--yes', '--json']);
    expect(ran.code).toBe(1);
    expect(ran.rows('deadLetters')[0]).toMatchObject({ result: 'its group no longer exists' });
    expect((await run(['dead', topic, '--json'])).json['total']).toBe(1);
  });

  test('skipping the message that blocks a key lets the next one through, and keeps it as a dead letter', async () => {
    const topic = fresh('blocked');
    const replica = await world.replica({
      ordering: 'partitionKey',
      retryBackoff: '10m',
      retryBackoffMax: '10m',
    });
    const pull = replica.pull(topic, ({ data }) =>
      data.toString() === 'bad' ? { error: 'no' } : undefined,
    );
    await replica.publish(topic, 'bad', { partitionKey: 'k' });
    await until('it failed', () => pull.received.length === 1);
    await replica.publish(topic, 'next', { partitionKey: 'k' });
    let waiting: Record<string, unknown>[] = [];
    await until('both wait', async () => {
      waiting = (await run(['peek', topic, 'group-a', '--json'])).rows('messages');
      return waiting.length === 2 && waiting.every((row) => row['attempts'] !== null);
    });
    const blocked = waiting.find((row) => row['attempts'] === 1)!;
    expect((await run(['skip', topic, 'group-a', '--id', String(blocked['id'])])).out).toContain(
      'would skip',
    );
    const ran = await run(['skip', topic, 'group-a', '--id', String(blocked['id']), '--yes']);
    expect(ran).toMatchObject({ code: 0 });
    await until('the next one is delivered', () => texts(pull.received).includes('next'));
    expect((await run(['dead', topic, '--json'])).rows('deadLetters')).toMatchObject([
      { messageId: blocked['id'], reason: 'skipped by an operator' },
    ]);
  });

  test('skip --all moves a running group behind everything, and what comes next is delivered', async () => {
    const { topic, replica, pull } = await withOneOfEach();
    const late = await world.replica({ consumerID: 'late' });
    const held = late.pull(topic, ({ data }) => (data.toString() === 'new' ? undefined : 'hold'));
    await until('it holds all', () => held.received.length === 3);
    const ran = await run(['skip', topic, 'late', '--all', '--yes', '--json']);
    expect(ran.rows('groups')).toMatchObject([{ unread: 3, result: 'skipped' }]);
    expect((await run(['drain', topic, 'late', '--timeout=5s'])).code).toBe(0);
    await replica.publish(topic, 'new');
    await until('the new one arrives', () => texts(held.received).includes('new'));
    await until('in the other group too', () => texts(pull.received).includes('new'));
    for (const { id } of held.received) held.ack(id); // too late: the position must not go back
    expect((await run(['drain', topic, 'late', '--timeout=20s'])).code).toBe(0);
    expect(held.received).toHaveLength(4);
    expect((await run(['lag', topic, 'billing', '--json'])).rows('lag')[0]).toMatchObject({
      unread: 1,
    });
  });

  test('drain waits for the last message, or until its time is up', async () => {
    const { topic, pull } = await withOneOfEach();
    expect((await run(['drain', topic, '--timeout=1s'])).code).toBe(75);
    const waiting = run(['drain', topic, 'billing', '--timeout=30s']);
    pull.ack(pull.received.find(({ data }) => data.includes('held'))!.id);
    expect((await waiting).code).toBe(0);
  });
});

describe('exit codes', () => {
  test.each([
    [['tpoics'], 64, /expected one of topics, groups/],
    [['peek'], 64, /peek TOPIC/],
    [['topics', 'a'], 64, /expected: topics/],
    [['lag', '--payload'], 64, /lag has no such option/],
    [['skip', 't', 'g'], 64, /either --id N or --all/],
    [['skip', 't', 'g', '--id=1', '--all'], 64, /either --id N or --all/],
    [['replay', '--all', '--yes'], 64, /expected a TOPIC/],
    [['dead', '--limit=0'], 64, /1 to 1000/],
    [['dead', '--id=x'], 64, /--id: expected a number/],
    [['drain', 't', '--timeout=soon'], 64, /duration/],
    [['peek', 'nobody'], 66, /topic 'nobody'/],
    [['dead', '--id=999999999'], 66, /dead letter 999999999/],
    [['replay', '--id=999999999', '--yes'], 66, /dead letter 999999999/],
  ])('%j: %i', async (args, code, message) => {
    const ran = await run(args);
    expect(ran.code).toBe(code);
    expect(ran.error).toMatch(message);
    expect(ran.out).toBe('');
  });

  test('the environment: 78; no database: 69; no schema of ours: 66', async () => {
    expect(await run(['topics'], { CONNECTION_STRING: '', SCHEMA: 'No' })).toMatchObject({
      code: 78,
    });
    const away = 'postgresql://user:hunter2@127.0.0.1:9/app';
    const refused = await run(['topics'], { CONNECTION_STRING: away });
    expect(refused.code).toBe(69);
    expect(refused.error).not.toContain('hunter2');
    const elsewhere = await run(['topics'], { SCHEMA: 'not_there' });
    expect(elsewhere).toMatchObject({ code: 66 });
  });

  test('the program itself runs the tool, and prints help without a database', async () => {
    const start = (args: string[]): Promise<{ code: number | null; out: string }> =>
      new Promise((done) => {
        const child = spawn(process.execPath, [MAIN, ...args], {
          env: { ...process.env, CONNECTION_STRING: world.url },
        });
        let out = '';
        child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
        child.once('close', (code) => {
          done({ code, out });
        });
      });
    expect(await start(['topics', '--json'])).toMatchObject({ code: 0 });
    expect(await start(['nonsense'])).toMatchObject({ code: 64 });
    const { code, out } = await start(['topics', '--help']);
    expect(code).toBe(0);
    for (const command of ['topics', 'groups', 'lag', 'peek', 'dead', 'replay', 'skip', 'drain'])
      expect(out).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    expect((await start(['--help'])).out).toContain('pubsub-postgresql topics --help');
  });
});
