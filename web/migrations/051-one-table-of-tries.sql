-- Tries to confirm something are counted in "tries" from this version on, like tries to sign in. The version before still counts in
-- this table while both run, so it stays: dropping it here would fail the requests of the old replicas. While both run, each
-- counts apart, up to twice as often as one. A later migration drops the table; nothing of this version reads or writes it.
DELETE FROM {schema}."confirmationTries" WHERE "since" < now() - interval '15 minutes';
COMMENT ON TABLE {schema}."confirmationTries" IS 'Replaced by "tries". Only versions before migration 051 use it.';
