-- Secret addresses that calendar programs read a person's tasks from. Of the secret there is only a hash; to revoke a feed is to
-- delete its row.
CREATE TABLE {schema}.calendar_feeds (
  id uuid PRIMARY KEY,
  user_id text NOT NULL REFERENCES {schema}.users ON DELETE CASCADE,
  name text NOT NULL,
  hash bytea NOT NULL UNIQUE,
  -- how tasks are shown: as events of a calendar, or as its tasks
  content text NOT NULL CHECK (content IN ('events', 'tasks')),
  -- the only lists whose tasks it has; null: all tasks
  list_ids uuid[],
  -- beside list_ids: also tasks without a list
  without_list boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz
);
CREATE INDEX calendar_feeds_user ON {schema}.calendar_feeds (user_id, created_at, id);
