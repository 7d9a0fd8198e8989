-- What happened, in the words of the events. Rows are added and never changed: triggers refuse whoever tries,
-- the owner of the table too.
CREATE TABLE {schema}.history (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_source text NOT NULL,
  event_id text NOT NULL,
  type text NOT NULL,
  user_id text NOT NULL CHECK (user_id <> ''),
  task_id uuid,
  version integer,
  actor jsonb,
  at timestamptz NOT NULL,
  task jsonb,
  before jsonb,
  data jsonb NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (event_source, event_id)
);
CREATE INDEX history_by_task ON {schema}.history (task_id, at, id);
CREATE INDEX history_by_user ON {schema}.history (user_id, at, id);

CREATE FUNCTION {schema}.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the history is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER history_is_append_only BEFORE UPDATE OR DELETE ON {schema}.history FOR EACH ROW EXECUTE FUNCTION {schema}.refuse_change();
CREATE TRIGGER history_is_not_truncated BEFORE TRUNCATE ON {schema}.history FOR EACH STATEMENT EXECUTE FUNCTION {schema}.refuse_change();
