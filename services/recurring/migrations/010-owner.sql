-- Whose series it is, so that a person's rows can be erased. Rows from before have nobody: they hold random ids only, which lead
-- nowhere once the backend's tasks are gone.
ALTER TABLE {schema}.successors ADD COLUMN user_id text;
CREATE INDEX successors_user ON {schema}.successors (user_id);
