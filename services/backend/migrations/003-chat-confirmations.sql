-- What the chat asked before doing: the exact call, bound to its person, decided once, and only for some minutes.
CREATE TABLE {schema}.chat_confirmations (
  id uuid PRIMARY KEY,
  user_id text NOT NULL,
  tool text NOT NULL,
  input jsonb NOT NULL,
  question text NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  decided_at timestamptz,
  decision text CHECK (decision IN ('yes', 'no', 'superseded'))
);
CREATE INDEX chat_confirmations_open ON {schema}.chat_confirmations (user_id, created_at) WHERE decided_at IS NULL;
CREATE INDEX chat_confirmations_expires_at ON {schema}.chat_confirmations (expires_at);
