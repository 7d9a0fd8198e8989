-- Sessions that were ended in the database, not by the web app, until a web app has told the backend of them.
CREATE TABLE {schema}."endedSession" (
  "id" text PRIMARY KEY,
  "userId" text NOT NULL,
  "endedAt" timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);
