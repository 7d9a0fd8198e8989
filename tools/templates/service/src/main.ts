// Starts the blueprint service.
import { runConsumer } from '@todo/messaging/consumer-service';
import { readMigrations } from '@todo/runtime/migrate';
import { APP_ID, blueprint, SCHEMA } from './app.ts';

await runConsumer({
  appId: APP_ID,
  schema: SCHEMA,
  migrations: readMigrations(new URL('../migrations/', import.meta.url)),
  build: blueprint,
});
