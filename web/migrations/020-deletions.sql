-- Accounts that are to be deleted, and when. The row goes with its account.
CREATE TABLE {schema}."deletion" (
  "userId" text PRIMARY KEY REFERENCES {schema}."user" ("id") ON DELETE CASCADE,
  "requestedAt" timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "eraseAt" timestamptz NOT NULL
);
CREATE INDEX "deletion_eraseAt_idx" ON {schema}."deletion" ("eraseAt");
