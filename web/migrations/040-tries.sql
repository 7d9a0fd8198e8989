-- How often something was tried, and until when that counts: sign-ins of an account, mails to an address, requests of a client.
-- In the database, because replicas share each limit. The key is a keyed hash: it names nobody.
CREATE TABLE {schema}."tries" (
  "key" text PRIMARY KEY,
  "tries" integer NOT NULL,
  "endsAt" timestamptz NOT NULL
);
CREATE INDEX "tries_endsAt_idx" ON {schema}."tries" ("endsAt");
