-- By what a session went beyond a password: 'totp', 'recovery-code', 'passkey', 'provider'; null: by nothing that is known.
-- better-auth reads and writes it; the version before this one leaves it alone, so sessions that it begins have none.
ALTER TABLE {schema}."session" ADD COLUMN "secondFactor" text;

-- What operators decide on the admin page. The configuration may ask for more, see second-factor-policy.ts.
CREATE TABLE {schema}."setting" (
  "name" text PRIMARY KEY,
  "value" text NOT NULL,
  "changedAt" timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);
