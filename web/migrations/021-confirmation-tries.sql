-- How often a person's password was asked for to confirm something, and since when they are counted. In the database, because
-- replicas share the limit.
CREATE TABLE {schema}."confirmationTries" (
  "userId" text PRIMARY KEY REFERENCES {schema}."user" ("id") ON DELETE CASCADE,
  "tries" integer NOT NULL,
  "since" timestamptz NOT NULL
);
