-- Nothing of an erased person comes back: the service checks, and this holds for what it has forgotten to check.
CREATE TRIGGER notifications_not_of_erased BEFORE INSERT ON {schema}.notifications
  FOR EACH ROW EXECUTE FUNCTION {schema}.refuse_erased_person('user_id');
CREATE TRIGGER push_subscriptions_not_of_erased BEFORE INSERT OR UPDATE ON {schema}.push_subscriptions
  FOR EACH ROW EXECUTE FUNCTION {schema}.refuse_erased_person('user_id');
