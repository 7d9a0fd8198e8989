-- Requests that replicas took for a person in the minute that ends at ends_at, so that one limit holds on all replicas together. Only
-- people who send many get a row. A JWT lives a little longer than its account, hence the trigger.
CREATE TABLE {schema}.request_shares (
  user_id text PRIMARY KEY,
  ends_at timestamptz NOT NULL,
  taken integer NOT NULL,
  -- what the last replica that asked was given
  granted integer NOT NULL
);
CREATE TRIGGER shares_are_not_of_erased BEFORE INSERT ON {schema}.request_shares
  FOR EACH ROW EXECUTE FUNCTION {schema}.refuse_erased_person('user_id');
