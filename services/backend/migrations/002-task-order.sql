-- A person's own order of the tasks of a list. A point in time only because the tasks nobody has moved stand where they were
-- created: `coalesce(place, created_at)` is the whole order, and no row had to be rewritten.
ALTER TABLE {schema}.tasks ADD COLUMN place timestamptz;
