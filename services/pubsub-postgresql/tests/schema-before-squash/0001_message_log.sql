-- The log that publishers append to, the cursors groups read it with, and where exceptions go.
--
-- messages is append-only: a message is inserted once, never updated and never deleted. It lies in one of a few
-- segments (partitions); a segment that every group has read is truncated whole, so reading leaves no dead tuples
-- and the space returns to the file system at once.
--
-- Ids become visible out of order: a transaction that took a lower id may commit later. So a cursor is not a number but a
-- snapshot: what was visible in `seen` has been read, what is visible now and was not then is next. A transaction that
-- stays open for hours delays its own messages only.

create sequence dapr_pubsub.message_id as bigint;

create table dapr_pubsub.topics (
  topic_id int generated always as identity primary key,
  name text not null unique,
  shards smallint not null check (shards between 1 and 64),
  created_at timestamptz not null default now()
);

create table dapr_pubsub.messages (
  segment smallint not null,
  shard smallint not null,
  topic_id int not null,
  xid xid8 not null default pg_current_xact_id(),
  id bigint not null default nextval('dapr_pubsub.message_id'),
  key bigint, -- hash of the partition key; null: no order asked for
  published_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz,
  content_type text,
  metadata text, -- JSON object of strings as text: jsonb refuses U+0000
  data bytea not null
) partition by list (segment);

create index messages_by_shard on dapr_pubsub.messages (topic_id, shard, xid, id);

create table dapr_pubsub.messages_0 partition of dapr_pubsub.messages for values in (0);
create table dapr_pubsub.messages_1 partition of dapr_pubsub.messages for values in (1);
create table dapr_pubsub.messages_2 partition of dapr_pubsub.messages for values in (2);
create table dapr_pubsub.messages_3 partition of dapr_pubsub.messages for values in (3);

create table dapr_pubsub.segments (
  segment smallint primary key,
  is_current boolean not null,
  opened_at timestamptz,
  closed_at timestamptz
);
insert into dapr_pubsub.segments (segment, is_current, opened_at)
values (0, true, now()), (1, false, null), (2, false, null), (3, false, null);

create table dapr_pubsub.groups (
  group_id int generated always as identity primary key,
  topic_id int not null references dapr_pubsub.topics,
  name text not null,
  created_at timestamptz not null default now(),
  last_active_at timestamptz not null default now(), -- a subscriber took or looked for messages; to the minute
  expired_at timestamptz, -- given up by retention: what it had not read may be gone
  unique (topic_id, name)
);

-- One row for each group and shard: where it has read to, and who is reading.
create table dapr_pubsub.cursors (
  group_id int not null references dapr_pubsub.groups on delete cascade,
  shard smallint not null,
  topic_id int not null,
  seen pg_snapshot not null, -- everything visible in it is settled
  target pg_snapshot, -- the window being read: visible in target, not in seen
  at_xid xid8 not null default '0', -- settled up to here inside the window
  at_id bigint not null default 0,
  claim_xid xid8, -- last message of the batch handed out
  claim_id bigint,
  claim_last boolean not null default false, -- that batch ends the window
  claimed int not null default 0, -- messages in that batch
  careful int not null default 0, -- hand out one at a time for so many more messages: a batch with them was lost
  attempts int not null default 0, -- times the batch at this position was handed out
  epoch bigint not null default 0, -- fencing token: a holder of an older one can change nothing
  owner uuid,
  lease_until timestamptz,
  primary key (group_id, shard)
) with (fillfactor = 40, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- Messages a group could not settle at once: a handler failed, or an earlier message of the same key did. A copy, so
-- that the log can go on and be truncated.
create table dapr_pubsub.retries (
  group_id int not null references dapr_pubsub.groups on delete cascade,
  id bigint not null,
  shard smallint not null,
  xid xid8 not null,
  key bigint,
  attempts int not null,
  due_at timestamptz not null,
  error text,
  published_at timestamptz not null,
  expires_at timestamptz,
  content_type text,
  metadata text,
  data bytea not null,
  primary key (group_id, id)
);
create index retries_by_due on dapr_pubsub.retries (group_id, due_at);
create index retries_by_key on dapr_pubsub.retries (group_id, key, xid, id) where key is not null;

-- Where messages go that ran out of deliveries when no dead-letter topic is named.
create table dapr_pubsub.dead_letters (
  dead_letter_id bigint generated always as identity primary key,
  topic text not null,
  group_name text not null,
  message_id bigint not null,
  attempts int not null,
  reason text not null,
  died_at timestamptz not null default now(),
  published_at timestamptz not null,
  content_type text,
  metadata text,
  data bytea not null
);

-- Processes that subscribe, and where a publisher can knock when their LISTEN is gone with a suspended database.
create table dapr_pubsub.listeners (
  listener_id uuid primary key,
  topic_ids int[] not null,
  host text not null,
  port int not null,
  secret text not null,
  seen_at timestamptz not null default now()
);
