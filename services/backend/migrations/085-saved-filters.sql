-- Filters that a person gave a name, in their own order (`place`, without gaps that matter). `filter` is text in the filter
-- language, as src/filters/print-filter.ts writes it.
CREATE TABLE {schema}.saved_filters (
  id uuid PRIMARY KEY,
  user_id text NOT NULL REFERENCES {schema}.users,
  name text NOT NULL,
  filter text NOT NULL,
  place integer NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX saved_filters_user ON {schema}.saved_filters (user_id, place, id);
