-- A person is erased in several transactions, since a person can have many tasks: from the first one on nothing of theirs is
-- written any more (erased_at), and the row goes last.
ALTER TABLE {schema}.users ADD COLUMN erased_at timestamptz;
-- Nothing of an erased person comes back: the backend checks, and this holds for what it has forgotten to check.
CREATE TRIGGER users_are_not_erased BEFORE INSERT ON {schema}.users
  FOR EACH ROW EXECUTE FUNCTION {schema}.refuse_erased_person('id');
CREATE TRIGGER confirmations_are_not_of_erased BEFORE INSERT ON {schema}.chat_confirmations
  FOR EACH ROW EXECUTE FUNCTION {schema}.refuse_erased_person('user_id');
