-- The history is append-only by the database's own privileges. docs/audit.md says what each kind of database gives.
--
-- Two roles that nobody can log in as, named after the database because roles belong to the whole server: todo_audit_owner_…
-- owns the table, todo_audit_writer_… may read and add. The role that migrates (and that the service logs in as) keeps reading
-- and adding, and gives up the rest. A database that lets us make no roles keeps the table with its owner, who then takes
-- UPDATE, DELETE and TRUNCATE from itself. The triggers of 001 stay in every case: they also stop who is above privileges.
DO $$
DECLARE
  me text := current_user;
  owner text := left('todo_audit_owner_' || current_database(), 63);
  writer text := left('todo_audit_writer_' || current_database(), 63);
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = owner) THEN
    EXECUTE format('CREATE ROLE %I NOLOGIN', owner);
  END IF;
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = writer) THEN
    EXECUTE format('CREATE ROLE %I NOLOGIN', writer);
  END IF;
  EXECUTE format('GRANT %I, %I TO %I', owner, writer, me);
  -- who is to own something in a schema must be allowed to make things there, in this moment
  EXECUTE format('GRANT USAGE, CREATE ON SCHEMA {schema} TO %I', owner);
  EXECUTE format('GRANT USAGE ON SCHEMA {schema} TO %I', writer);
  EXECUTE format('ALTER TABLE {schema}.history OWNER TO %I', owner);
  EXECUTE format('ALTER FUNCTION {schema}.refuse_change() OWNER TO %I', owner);
  EXECUTE format('REVOKE CREATE ON SCHEMA {schema} FROM %I', owner);
  EXECUTE format('SET LOCAL ROLE %I', owner);
  EXECUTE format('GRANT SELECT, INSERT ON {schema}.history TO %I, %I', writer, me);
  RESET ROLE;
  -- the way back is closed: who migrates is no longer a member of the owner
  EXECUTE format('REVOKE %I FROM %I', owner, me);
EXCEPTION WHEN insufficient_privilege THEN
  RAISE NOTICE 'this database lets us make no roles: the owner of the history gives up changing it';
  EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON {schema}.history FROM %I', me);
END
$$;
