// Every setting: its default, and that each wrong value fails Init with a message that names the setting.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ComponentMetadataError,
  LARGEST_MESSAGE_BYTES,
  METADATA_NAMES,
  parseComponentMetadata,
} from '../src/component-metadata.ts';
import { createWorld, type World } from './world.ts';

const REQUIRED = { connectionString: 'postgresql://u:p@h/d', consumerID: 'app' };

/** For each setting, values that are wrong. */
const WRONG: Record<string, string[]> = {
  connectionString: ['', 'localhost', 'mysql://h/d', 'postgresql://', 'user=a password=b', '://'],
  directConnectionString: ['localhost', 'http://h/d', 'postgresql://['],
  consumerID: ['', 'x'.repeat(201)],
  schema: ['Public', 'a-b', '1a', 'a"b', 'a;drop table x', 'x'.repeat(42)],
  ordering: ['yes', 'partition', 'true'],
  initialPosition: ['newest', 'oldest', '0'],
  shards: ['0', '65', '-1', '1.5', 'many'],
  maxInFlight: ['0', '1001', 'x', '1e2'],
  maxInFlightBytes: ['0', '65535', '8MB'],
  visibilityTimeout: ['0', '500ms', '13h', 'soon', '-30s', '30 seconds'],
  handlerTimeout: ['0s', '1s', '25h', 'never'],
  maxDeliveries: ['0', '1001', '-1', 'x'],
  retryBackoff: ['0s', '9ms', '2h', 'x'],
  retryBackoffMax: ['0s', '25h', 'x'],
  deadLetterTopic: ['x'.repeat(250), 'a\u0000b'],
  retention: ['-1s', '8761h', 'x'],
  groupExpiry: ['59s', '8761h', 'x'],
  segmentBytes: ['1', '64MB', '99999999999999'],
  idleMode: ['on', 'idle'],
  pollInterval: ['0s', '49ms', '2h', 'x'],
  pollIntervalMax: ['0s', '25h', 'x'],
  idleAfter: ['-1s', '25h', 'x'],
  suspendsAfter: ['0s', '25h', 'x'],
  sleepPoll: ['-1s', '169h', 'x'],
  wakeHost: [' ', 'a b', 'x'.repeat(254)],
  wakePort: ['-1', '65536', 'x'],
  poolSize: ['0', '51', 'x'],
  maxMessageBytes: ['0', String(LARGEST_MESSAGE_BYTES + 1), '1MB'],
};

describe('settings', () => {
  test('the table of wrong values covers every setting', () => {
    expect(Object.keys(WRONG).sort()).toEqual([...METADATA_NAMES].sort());
  });

  const cases = Object.entries(WRONG).flatMap(([name, values]) =>
    values.map((value) => [name, value] as const),
  );
  test.each(cases)('%s: %j is refused by name', (name, value) => {
    const problem = refusal({ ...REQUIRED, [name]: value });
    expect(problem).toContain(`${name}: `);
  });

  test('all that is wrong is listed at once', () => {
    const problem = refusal({ shards: '0', ordering: 'x' });
    for (const name of ['connectionString', 'consumerID', 'shards', 'ordering'])
      expect(problem).toContain(`${name}: `);
  });

  test('a refusal never repeats a connection string: it holds a password', () => {
    expect(refusal({ ...REQUIRED, connectionString: 'postgres//u:secret@h/d' })).not.toContain(
      'secret',
    );
  });

  test.each([
    [{ retryBackoff: '10s', retryBackoffMax: '5s' }, 'retryBackoffMax: '],
    [{ pollInterval: '10s', pollIntervalMax: '5s' }, 'pollIntervalMax: '],
  ])('%j contradict each other and are refused', (pair, named) => {
    expect(refusal({ ...REQUIRED, ...pair })).toContain(named);
  });

  test('names are compared without case; an empty value means the default', () => {
    const { metadata } = parseComponentMetadata({
      CONNECTIONSTRING: REQUIRED.connectionString,
      consumerid: 'app',
      MaxInFlight: '7',
      shards: '',
    });
    expect(metadata).toMatchObject({ consumerID: 'app', maxInFlight: 7, shards: 8 });
  });

  test('an unknown name is reported, those that daprd reads itself are not', () => {
    const { unknown } = parseComponentMetadata({
      ...REQUIRED,
      maxInflights: '7',
      allowedTopics: 'a',
    });
    expect(unknown).toEqual(['maxInflights']);
  });

  test.each([
    ['30s', 30_000],
    ['1m30s', 90_000],
    ['1500ms', 1_500],
    ['2', 2_000],
    ['1.5s', 1_500],
  ])('durations are Go’s: %s', (text, ms) => {
    const { metadata } = parseComponentMetadata({ ...REQUIRED, visibilityTimeout: text });
    expect(metadata.visibilityTimeout).toBe(ms);
  });

  test('both forms of connection string are taken', () => {
    for (const connectionString of [
      'postgresql://u:p@h:1/d?sslmode=require',
      `host=h port=1 user=u password='it''s' dbname=d`.replace("''", "\\'"),
    ])
      parseComponentMetadata({ ...REQUIRED, connectionString });
  });
});

function refusal(properties: Record<string, string>): string {
  try {
    parseComponentMetadata(properties);
  } catch (error) {
    expect(error).toBeInstanceOf(ComponentMetadataError);
    return (error as Error).message;
  }
  throw new Error('accepted');
}

describe('Init', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
  });
  afterAll(() => world.close());

  test('a wrong value fails Init as INVALID_ARGUMENT and names it', async () => {
    await expect(world.replica({ visibilityTimeout: 'soon' })).rejects.toMatchObject({
      code: 3,
      message: expect.stringContaining('visibilityTimeout: ') as string,
    });
    await world.stopAll();
  });

  test('a wrong password or database fails Init and names connectionString', async () => {
    const wrong = new URL(world.url);
    wrong.password = 'wrong';
    await expect(world.replica({ connectionString: wrong.href })).rejects.toThrow(
      /connectionString/,
    );
    const missing = new URL(world.url);
    missing.pathname = '/no_such_database';
    await expect(world.replica({ connectionString: missing.href })).rejects.toThrow(
      /connectionString/,
    );
    await world.stopAll();
  });

  test('a database that is away does not fail Init: daprd would end', async () => {
    const replica = await world.replica({ connectionString: 'postgresql://u:p@127.0.0.1:1/d' });
    await expect(replica.call('features', {})).resolves.toBeDefined();
    await world.stopAll();
  });
});
