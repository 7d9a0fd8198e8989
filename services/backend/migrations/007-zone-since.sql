-- When a person's zone was last changed: a token from before that, with the zone of before, no longer changes it back.
ALTER TABLE {schema}.users ADD COLUMN zone_since timestamptz;
