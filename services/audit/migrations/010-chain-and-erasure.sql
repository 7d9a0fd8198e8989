-- Entries are linked by hashes, and one person's content can be erased without breaking a link.
--
-- A link is sha256(hash of the link before, content_hash, number of the link); content_hash is sha256(nonce, content). Erasing a
-- person removes content and nonce and keeps the hashes: the chain still shows that nothing else was changed, added or
-- removed, and without the nonce nobody can find out by guessing what the content was.
--
-- A trigger makes the links, so that the version before this one, still running, adds linked entries too. Entries from before
-- this migration have no link.
DO $$
DECLARE
  me text := current_user;
  owner text := left('todo_audit_owner_' || current_database(), 63);
  writer text := left('todo_audit_writer_' || current_database(), 63);
  with_roles boolean := (SELECT pg_get_userbyid(relowner) <> me FROM pg_class WHERE oid = '{schema}.history'::regclass);
BEGIN
  IF with_roles THEN
    EXECUTE format('GRANT %I TO %I', owner, me);
    EXECUTE format('GRANT USAGE, CREATE ON SCHEMA {schema} TO %I', owner);
    EXECUTE format('SET LOCAL ROLE %I', owner);
  END IF;

  ALTER TABLE {schema}.history
    ADD COLUMN link bigint,
    ADD COLUMN nonce bytea,
    ADD COLUMN content_hash bytea,
    ADD COLUMN hash bytea;
  CREATE UNIQUE INDEX history_link ON {schema}.history (link);

  -- What an entry says, in one form whatever the session's settings are.
  CREATE FUNCTION {schema}.history_content(entry {schema}.history) RETURNS bytea
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $content$
    SELECT convert_to(jsonb_build_array(entry.event_source, entry.event_id, entry.type, entry.user_id, entry.task_id,
      entry.version, entry.actor, extract(epoch FROM entry.at), entry.task, entry.before, entry.data)::text, 'UTF8')
  $content$;

  CREATE FUNCTION {schema}.link_entry() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $link$
  DECLARE
    last record;
  BEGIN
    -- restored from a backup: it has its place, and broken_links() shows a wrong one
    IF NEW.link IS NOT NULL THEN
      RETURN NEW;
    END IF;
    -- one at a time, until the commit: the link before must be final
    PERFORM pg_advisory_xact_lock(hashtextextended('audit:chain', 0));
    SELECT h.link, h.hash INTO last FROM {schema}.history h WHERE h.link IS NOT NULL ORDER BY h.link DESC LIMIT 1;
    NEW.link := coalesce(last.link, 0) + 1;
    NEW.nonce := uuid_send(gen_random_uuid());
    NEW.content_hash := sha256(NEW.nonce || {schema}.history_content(NEW));
    NEW.hash := sha256(coalesce(last.hash, ''::bytea) || NEW.content_hash || int8send(NEW.link));
    RETURN NEW;
  END
  $link$;
  CREATE TRIGGER history_is_linked BEFORE INSERT ON {schema}.history FOR EACH ROW EXECUTE FUNCTION {schema}.link_entry();

  -- The one change that is allowed: what is left says that something happened, of which type and when.
  CREATE OR REPLACE FUNCTION {schema}.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $refuse$
  BEGIN
    IF TG_OP = 'UPDATE' THEN
      IF NEW.user_id = 'erased' AND OLD.user_id <> 'erased' AND NEW.nonce IS NULL AND NEW.task_id IS NULL AND NEW.version IS NULL
        AND NEW.actor IS NULL AND NEW.task IS NULL AND NEW.before IS NULL AND NEW.data = '{}'::jsonb
        AND (NEW.id, NEW.event_source, NEW.event_id, NEW.type, NEW.at, NEW.recorded_at)
          = (OLD.id, OLD.event_source, OLD.event_id, OLD.type, OLD.at, OLD.recorded_at)
        AND (NEW.link, NEW.content_hash, NEW.hash) IS NOT DISTINCT FROM (OLD.link, OLD.content_hash, OLD.hash)
      THEN
        RETURN NEW;
      END IF;
    END IF;
    RAISE EXCEPTION 'the history is append-only' USING ERRCODE = 'insufficient_privilege';
  END
  $refuse$;

  -- With the rights of the table's owner. An owner that took UPDATE from itself (no roles could be made) takes it back for this
  -- one statement; nobody else sees that.
  CREATE FUNCTION {schema}.erase_person(person text) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $erase$
  DECLARE
    had boolean := has_table_privilege('{schema}.history', 'UPDATE');
    erased bigint;
  BEGIN
    IF person = 'erased' THEN
      RETURN 0;
    END IF;
    IF NOT had THEN
      PERFORM pg_advisory_xact_lock(hashtextextended('audit:privilege', 0));
      EXECUTE format('GRANT UPDATE ON {schema}.history TO %I', current_user);
    END IF;
    UPDATE {schema}.history SET user_id = 'erased', nonce = NULL, task_id = NULL, version = NULL, actor = NULL, task = NULL,
      before = NULL, data = '{}' WHERE user_id = person;
    GET DIAGNOSTICS erased = ROW_COUNT;
    IF NOT had THEN
      EXECUTE format('REVOKE UPDATE ON {schema}.history FROM %I', current_user);
    END IF;
    RETURN erased;
  END
  $erase$;
  REVOKE ALL ON FUNCTION {schema}.erase_person(text) FROM PUBLIC;

  -- Links that do not fit: a changed entry, or one after a gap. Nothing: the chain is whole.
  CREATE FUNCTION {schema}.broken_links() RETURNS SETOF bigint
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $broken$
    SELECT linked.link FROM (
      SELECT h AS entry, h.link, h.hash, h.nonce, h.content_hash, h.user_id,
        lag(h.hash) OVER chain AS hash_before, lag(h.link) OVER chain AS link_before
      FROM {schema}.history h WHERE h.link IS NOT NULL WINDOW chain AS (ORDER BY h.link)
    ) AS linked
    WHERE linked.link <> coalesce(linked.link_before, 0) + 1
      OR linked.hash IS DISTINCT FROM sha256(coalesce(linked.hash_before, ''::bytea) || linked.content_hash || int8send(linked.link))
      OR (linked.nonce IS NULL AND linked.user_id <> 'erased')
      OR (linked.nonce IS NOT NULL
        AND linked.content_hash IS DISTINCT FROM sha256(linked.nonce || {schema}.history_content(linked.entry)))
    ORDER BY linked.link
  $broken$;

  IF with_roles THEN
    EXECUTE format('REVOKE CREATE ON SCHEMA {schema} FROM %I', owner);
    EXECUTE format('GRANT EXECUTE ON FUNCTION {schema}.erase_person(text) TO %I, %I', writer, me);
    RESET ROLE;
    EXECUTE format('REVOKE %I FROM %I', owner, me);
  END IF;
END
$$;
