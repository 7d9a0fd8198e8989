-- Who writes takes the lock on their own row first: a person's changes are committed one after the other, so change_seq has
-- no gaps and its order is the order of the commits (live views rely on both).
CREATE TABLE {schema}.users (
  id text PRIMARY KEY CHECK (id <> ''),
  zone text NOT NULL,
  locale text NOT NULL,
  change_seq bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE {schema}.lists (
  id uuid PRIMARY KEY,
  user_id text NOT NULL REFERENCES {schema}.users,
  name text NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX lists_user ON {schema}.lists (user_id, created_at, id);

CREATE TABLE {schema}.tasks (
  id uuid PRIMARY KEY,
  user_id text NOT NULL REFERENCES {schema}.users,
  version integer NOT NULL,
  title text NOT NULL,
  notes text NOT NULL,
  status text NOT NULL CHECK (status IN ('open', 'done')),
  priority smallint NOT NULL CHECK (priority BETWEEN 0 AND 3),
  tags text[] NOT NULL,
  list_id uuid REFERENCES {schema}.lists ON DELETE SET NULL,
  parent_id uuid REFERENCES {schema}.tasks,
  due jsonb,
  due_at timestamptz,
  recurrence jsonb,
  reminders jsonb NOT NULL,
  series_id uuid,
  occurrence integer NOT NULL,
  completed_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  deleted_at timestamptz,
  -- title and notes, folded by src/tasks/search-terms.ts
  search text NOT NULL,
  CONSTRAINT tasks_occurrence UNIQUE (series_id, occurrence)
);
CREATE INDEX tasks_by_due ON {schema}.tasks (user_id, (coalesce(due_at, 'infinity'::timestamptz)), id) WHERE deleted_at IS NULL;
CREATE INDEX tasks_open_by_due ON {schema}.tasks (user_id, (coalesce(due_at, 'infinity'::timestamptz)), id) WHERE deleted_at IS NULL AND status = 'open';
CREATE INDEX tasks_done_by_completion ON {schema}.tasks (user_id, (coalesce(completed_at, '-infinity'::timestamptz)) DESC, id DESC) WHERE deleted_at IS NULL AND status = 'done';
CREATE INDEX tasks_by_creation ON {schema}.tasks (user_id, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX tasks_by_update ON {schema}.tasks (user_id, updated_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX tasks_parent ON {schema}.tasks (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX tasks_list ON {schema}.tasks (list_id) WHERE list_id IS NOT NULL;
CREATE INDEX tasks_tags ON {schema}.tasks USING gin (tags) WHERE deleted_at IS NULL;

-- Search works without the extension, only slower; not every database lets us have it.
DO $$
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
EXCEPTION WHEN OTHERS THEN
  RAISE NOTICE 'pg_trgm is not available: search reads every task of a person';
END
$$;
DO $$
BEGIN
  IF EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm') THEN
    EXECUTE format('CREATE INDEX tasks_search ON {schema}.tasks USING gin (search %I.gin_trgm_ops) WHERE deleted_at IS NULL',
      (SELECT nspname FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'pg_trgm'));
  END IF;
END
$$;

CREATE TABLE {schema}.reminders (
  task_id uuid NOT NULL REFERENCES {schema}.tasks ON DELETE CASCADE,
  id uuid NOT NULL,
  -- the instant it falls due; null: not waiting (the task is done, or deleted, or it was sent)
  pending_at timestamptz,
  -- the instant it was sent for: it is sent again only for another one
  sent_for timestamptz,
  PRIMARY KEY (task_id, id)
);
CREATE INDEX reminders_pending ON {schema}.reminders (pending_at) WHERE pending_at IS NOT NULL;

CREATE TABLE {schema}.changes (
  user_id text NOT NULL REFERENCES {schema}.users,
  seq bigint NOT NULL,
  type text NOT NULL,
  task_id uuid,
  data jsonb NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (user_id, seq)
);
CREATE INDEX changes_at ON {schema}.changes (at);

CREATE TABLE {schema}.idempotency_keys (
  user_id text NOT NULL,
  key text NOT NULL,
  fingerprint text NOT NULL,
  result jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotency_keys_created_at ON {schema}.idempotency_keys (created_at);

CREATE TABLE {schema}.access_tokens (
  id uuid PRIMARY KEY,
  user_id text NOT NULL REFERENCES {schema}.users,
  name text NOT NULL,
  hash bytea NOT NULL UNIQUE,
  scopes text[] NOT NULL,
  email text,
  created_at timestamptz NOT NULL,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);
CREATE INDEX access_tokens_user ON {schema}.access_tokens (user_id, created_at);
