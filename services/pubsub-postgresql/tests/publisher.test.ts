// What a publisher answers when something goes wrong after, or beside, the write: never success for what is not stored, and
// nothing stored twice.
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase, type Database } from '../src/database.ts';
import { createPublisher } from '../src/publisher.ts';
import { createTopics } from '../src/topics.ts';
import { createWorld, fresh, type World } from './world.ts';

let world: World;
let database: Database;
beforeAll(async () => {
  world = await createWorld();
  await (await world.replica()).stop(); // makes the schema
  database = openDatabase({
    connectionString: world.url,
    schema: 'dapr_pubsub',
    poolSize: 2,
    onReturn: () => undefined,
    log: pino({ level: 'silent' }),
  });
});
afterAll(async () => {
  await database.close();
  await world.close();
});

test.each([1, 3, 250])(
  '%i messages whose subscribers could not be told are stored once, and answered',
  async (count) => {
    const publisher = createPublisher({
      database,
      findTopic: createTopics(database, 4, 1_000),
      connections: 2,
      patienceMs: 1_000,
      channel: 'a_test',
      onPublished: () => {
        throw new Error('a mistake');
      },
    });
    const topic = fresh('told');
    const messages = Array.from({ length: count }, (_, n) => ({
      data: Buffer.from(String(n)),
      contentType: 'text/plain',
      metadata: {},
    }));
    expect(await publisher.publish(topic, messages)).toEqual(messages.map(() => undefined));
    const [stored] = await world.sql<{ n: number }>(
      'select count(*)::int as n from dapr_pubsub.messages join dapr_pubsub.topics using (topic_id) where name = $1',
      [topic],
    );
    expect(stored?.n).toBe(count);
  },
);
