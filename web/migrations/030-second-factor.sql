-- A second factor: whether a person has one, and its secret and recovery codes. better-auth reads and writes both, encrypted with
-- BETTER_AUTH_SECRET. The version before this one leaves them alone.
ALTER TABLE {schema}."user" ADD COLUMN "twoFactorEnabled" boolean DEFAULT false;

CREATE TABLE {schema}."twoFactor" (
  "id" text PRIMARY KEY,
  "secret" text NOT NULL,
  "backupCodes" text NOT NULL,
  "userId" text NOT NULL REFERENCES {schema}."user" ("id") ON DELETE CASCADE,
  "verified" boolean DEFAULT true,
  "failedVerificationCount" integer DEFAULT 0,
  "lockedUntil" timestamptz
);
CREATE UNIQUE INDEX "twoFactor_userId_idx" ON {schema}."twoFactor" ("userId");

-- Codes of the last minutes, hashed: each is taken once (RFC 6238, section 5.2).
CREATE TABLE {schema}."usedCode" (
  "userId" text NOT NULL REFERENCES {schema}."user" ("id") ON DELETE CASCADE,
  "hash" text NOT NULL,
  "usedAt" timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY ("userId", "hash")
);
