-- People whose accounts an operator disabled, as the web app says: their access tokens are refused meanwhile. as_of is when the web app
-- said so: what arrives late, after something newer, changes nothing.
CREATE TABLE {schema}.disabled_people (
  user_id text PRIMARY KEY,
  disabled boolean NOT NULL,
  as_of timestamptz NOT NULL
);
CREATE TRIGGER disabled_people_are_not_erased BEFORE INSERT ON {schema}.disabled_people
  FOR EACH ROW EXECUTE FUNCTION {schema}.refuse_erased_person('user_id');
