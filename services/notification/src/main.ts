// Starts the notification service.
import { runConsumer } from '@todo/messaging/consumer-service';
import { readMigrations } from '@todo/runtime/migrate';
import { APP_ID, notification, SCHEMA } from './app.ts';
import { notificationConfig } from './config.ts';

await runConsumer({
  appId: APP_ID,
  schema: SCHEMA,
  migrations: readMigrations(new URL('../migrations/', import.meta.url)),
  config: notificationConfig,
  build: notification,
});
