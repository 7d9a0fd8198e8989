-- What a task was called in the file it came from: the same file imported again finds what it made, and an exported task keeps
-- the name that other programs know it by.
CREATE TABLE {schema}.imported_uids (
  user_id text NOT NULL REFERENCES {schema}.users,
  uid text NOT NULL CHECK (length(uid) <= 255),
  task_id uuid NOT NULL REFERENCES {schema}.tasks ON DELETE CASCADE,
  PRIMARY KEY (user_id, uid)
);
CREATE INDEX imported_uids_task ON {schema}.imported_uids (task_id);
