// Starts the recurring service.
import { runConsumer } from '@todo/common/consumer-service';
import { readMigrations } from '@todo/common/migrate';
import { APP_ID, recurring, SCHEMA } from './app.ts';

await runConsumer({
  appId: APP_ID,
  schema: SCHEMA,
  migrations: readMigrations(new URL('../migrations/', import.meta.url)),
  build: recurring,
});
