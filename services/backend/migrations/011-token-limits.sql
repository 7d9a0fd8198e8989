-- Access tokens limited to some lists; null: everything. The previous version does not read this column, so such a token
-- carries names of scopes that it does not know, and is refused there.
ALTER TABLE {schema}.access_tokens ADD COLUMN list_ids uuid[];

-- Sessions that ended before their JWTs did. Kept for longer than any JWT lives.
CREATE TABLE {schema}.ended_sessions (
  id text PRIMARY KEY,
  user_id text NOT NULL,
  ended_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ended_sessions_ended_at ON {schema}.ended_sessions (ended_at);
CREATE INDEX ended_sessions_user ON {schema}.ended_sessions (user_id);
