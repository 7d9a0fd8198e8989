-- The badge asks how many are not read, on every page.
CREATE INDEX notifications_unread ON {schema}.notifications (user_id) WHERE read_at IS NULL;
