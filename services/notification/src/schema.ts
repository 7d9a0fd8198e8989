// The names by which others know the service.

/** The service's Dapr app id. */
export const APP_ID = 'notification-service';
/** The service's PostgreSQL schema. */
export const SCHEMA = 'notification';
