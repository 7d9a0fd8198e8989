// Starts the example service.
import { runConsumer } from '@todo/messaging/consumer-service';
import { readMigrations } from '@todo/runtime/migrate';
import { APP_ID, example, SCHEMA } from './app.ts';

await runConsumer({
  appId: APP_ID,
  schema: SCHEMA,
  migrations: readMigrations(new URL('../migrations/', import.meta.url)),
  build: example,
});
