-- Tasks and what belongs to them. Times are instants; what a person means by "due" is kept as they said it (due), with the
-- instant it comes to (due_at) beside it for sorting and searching.
CREATE TABLE {schema}.people (
  user_id text PRIMARY KEY CHECK (user_id <> ''),
  zone text NOT NULL,
  locale text NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE {schema}.tasks (
  id uuid PRIMARY KEY,
  user_id text NOT NULL CHECK (user_id <> ''),
  version integer NOT NULL DEFAULT 1,
  title text NOT NULL,
  notes text NOT NULL DEFAULT '',
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'done')),
  priority text NOT NULL DEFAULT 'none' CHECK (priority IN ('none', 'low', 'medium', 'high')),
  tags text[] NOT NULL DEFAULT '{}',
  list_id uuid,
  parent_id uuid REFERENCES {schema}.tasks (id) ON DELETE SET NULL,
  due jsonb,
  due_at timestamptz,
  recurrence jsonb,
  series_id uuid,
  occurrence integer NOT NULL DEFAULT 1,
  completed_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  deleted_at timestamptz,
  -- one successor for a period, whatever is redelivered or clicked twice
  CONSTRAINT one_task_an_occurrence UNIQUE (series_id, occurrence)
);
CREATE INDEX tasks_by_due ON {schema}.tasks (user_id, status, (coalesce(due_at, 'infinity'::timestamptz)), id) WHERE deleted_at IS NULL;
CREATE INDEX tasks_by_creation ON {schema}.tasks (user_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX tasks_by_tag ON {schema}.tasks USING gin (tags) WHERE deleted_at IS NULL;
CREATE INDEX tasks_by_parent ON {schema}.tasks (parent_id) WHERE parent_id IS NOT NULL;

CREATE TABLE {schema}.reminders (
  id uuid PRIMARY KEY,
  task_id uuid NOT NULL REFERENCES {schema}.tasks (id) ON DELETE CASCADE,
  position integer NOT NULL,
  -- one of the two: an instant, or an ISO 8601 duration before the due
  at timestamptz,
  before text,
  -- when it goes off; null while it can't (no due, task done or deleted)
  remind_at timestamptz,
  fired_at timestamptz,
  CHECK ((at IS NULL) <> (before IS NULL))
);
CREATE INDEX reminders_by_task ON {schema}.reminders (task_id, position);
CREATE INDEX reminders_due ON {schema}.reminders (remind_at) WHERE fired_at IS NULL AND remind_at IS NOT NULL;

-- What live views replay. Writers of one user are serialised, so for one user seq follows the order of commits.
CREATE TABLE {schema}.changes (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id text NOT NULL,
  kind text NOT NULL,
  data jsonb NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX changes_by_user ON {schema}.changes (user_id, seq);
CREATE INDEX changes_by_time ON {schema}.changes (at);

CREATE TABLE {schema}.idempotency_keys (
  user_id text NOT NULL,
  key text NOT NULL,
  request_hash text NOT NULL,
  task_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotency_keys_by_time ON {schema}.idempotency_keys (created_at);
