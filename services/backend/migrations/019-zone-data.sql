-- By which release of the time zone database the stored instants of local times were last computed. One row, made by the first
-- process that looks; the previous version leaves it alone.
CREATE TABLE {schema}.zone_data (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  -- all instants are by this release
  release text,
  -- the release that is being followed, and the last person whose tasks were moved
  following text,
  after_user text NOT NULL DEFAULT '',
  moved integer NOT NULL DEFAULT 0
);
INSERT INTO {schema}.zone_data DEFAULT VALUES;
