-- One row a place in a series that this service has asked the backend for.
CREATE TABLE {schema}.successors (
  series_id uuid NOT NULL,
  occurrence integer NOT NULL,
  task_id uuid NOT NULL,
  previous_task_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (series_id, occurrence)
);
