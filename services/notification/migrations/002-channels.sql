-- What makes a notification happen once: the reminder and the instant it was for, so that a reminder that is moved comes again.
-- reminder_id stays empty from now on; the version before still writes it.
ALTER TABLE {schema}.notifications ADD COLUMN occasion text;
CREATE UNIQUE INDEX notifications_occasion ON {schema}.notifications (user_id, occasion);
-- What the channels say: title, the due as text, the reminder's instant, zone and locale.
ALTER TABLE {schema}.notifications ADD COLUMN details jsonb;

CREATE TABLE {schema}.push_subscriptions (
  id uuid PRIMARY KEY,
  user_id text NOT NULL CHECK (user_id <> ''),
  endpoint text NOT NULL UNIQUE,
  p256dh text NOT NULL,
  auth text NOT NULL,
  label text NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX push_subscriptions_by_user ON {schema}.push_subscriptions (user_id, created_at, id);

-- One row for each way a notification goes out: written with it, claimed before it is sent.
CREATE TABLE {schema}.deliveries (
  notification_id uuid NOT NULL REFERENCES {schema}.notifications ON DELETE CASCADE,
  channel text NOT NULL CHECK (channel IN ('email', 'push', 'webhook')),
  -- the push subscription's id; empty for a channel with one target
  target text NOT NULL,
  status text NOT NULL CHECK (status IN ('waiting', 'sending', 'delivered', 'failed', 'uncertain', 'cancelled')),
  attempts integer NOT NULL DEFAULT 0,
  late boolean NOT NULL DEFAULT false,
  error text,
  next_at timestamptz,
  claimed_at timestamptz,
  done_at timestamptz,
  PRIMARY KEY (notification_id, channel, target)
);
CREATE INDEX deliveries_waiting ON {schema}.deliveries (channel, next_at) WHERE status = 'waiting';
CREATE INDEX deliveries_sending ON {schema}.deliveries (channel, claimed_at) WHERE status = 'sending';
CREATE INDEX notifications_by_task ON {schema}.notifications (task_id) WHERE task_id IS NOT NULL;

-- The key pair that push services know this installation by, where none is configured: made once, at the first start.
CREATE TABLE {schema}.vapid_keys (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  public_key text NOT NULL,
  private_key text NOT NULL
);
