-- Imports that run behind a request: the file as it was sent, whose turn it is, and what is stored of it so far. Tables of their
-- own: the previous version neither reads nor writes them, and shows such an import like any other.
CREATE TABLE {schema}.import_jobs (
  -- the same as the import's
  id uuid PRIMARY KEY,
  user_id text NOT NULL,
  -- uploading → waiting → running → done, failed or canceled
  state text NOT NULL CHECK (state IN ('uploading', 'waiting', 'running', 'done', 'failed', 'canceled')),
  created_at timestamptz NOT NULL,
  -- how the file is read and its entries are stored: whatever continues the job reads it the same way
  options jsonb NOT NULL,
  -- of the file, in bytes
  bytes bigint NOT NULL DEFAULT 0,
  -- the instant that the file is read at: equal readings need an equal "today"
  read_at timestamptz NOT NULL,
  -- who works on it, and until when it is theirs
  lease uuid,
  lease_until timestamptz,
  -- how often it was begun since it last stored something
  attempts integer NOT NULL DEFAULT 0,
  -- reading: entries read so far; storing: entries stored or left out, of so many
  stage text CHECK (stage IN ('reading', 'storing')),
  entries integer NOT NULL DEFAULT 0,
  total integer,
  report jsonb,
  problem jsonb,
  finished_at timestamptz
);
CREATE INDEX import_jobs_user ON {schema}.import_jobs (user_id, created_at DESC);
CREATE INDEX import_jobs_unfinished ON {schema}.import_jobs (created_at) WHERE state IN ('uploading', 'waiting', 'running');

-- The file in pieces, compressed (raw DEFLATE).
CREATE TABLE {schema}.import_pieces (
  job_id uuid NOT NULL REFERENCES {schema}.import_jobs ON DELETE CASCADE,
  number integer NOT NULL,
  content bytea NOT NULL,
  PRIMARY KEY (job_id, number)
);

-- What each stored step of a job decided, in the transaction of its tasks: whoever continues the job begins behind the last one.
CREATE TABLE {schema}.import_steps (
  job_id uuid NOT NULL REFERENCES {schema}.import_jobs ON DELETE CASCADE,
  number integer NOT NULL,
  -- JSON, compressed (raw DEFLATE)
  content bytea NOT NULL,
  PRIMARY KEY (job_id, number)
);

-- Tasks of the person that an import changed, because an entry of its file was that task already: what each was before, and the
-- version that the change gave it.
CREATE TABLE {schema}.import_merges (
  import_id uuid NOT NULL REFERENCES {schema}.imports ON DELETE CASCADE,
  task_id uuid NOT NULL REFERENCES {schema}.tasks ON DELETE CASCADE,
  version integer NOT NULL,
  before jsonb NOT NULL,
  PRIMARY KEY (import_id, task_id)
);
CREATE INDEX import_merges_task ON {schema}.import_merges (task_id);
ALTER TABLE {schema}.imports ADD COLUMN merged integer;
