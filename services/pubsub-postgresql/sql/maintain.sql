-- maintain: closes the current segment when it is big or old (a small one after a day), and empties closed ones that nobody needs. Called by busy
-- components now and then; one does it at a time, the others return at once.
--
-- A closed segment is emptied when all of it is older than p_retention and every group has read it. A group that has
-- messages there to read and shows no sign of life for p_expiry is given up: it is marked, and holds nothing back any
-- more. Messages of topics that nobody subscribes to are kept for p_expiry.
--
-- Rows: event 'emptied' with the segment; 'expired' and 'lagging' with topic and group: given up, or silent for half of
-- p_expiry with messages waiting.
create or replace function dapr_pubsub.maintain(
  p_retention interval, p_expiry interval, p_bytes bigint, p_age interval,
  out event text, out segment smallint, out topic text, out group_name text
) returns setof record
language plpgsql
as $$
declare
  v_now timestamptz := clock_timestamp();
  v_current smallint;
  v_opened timestamptz;
  v_free smallint;
  v_bytes bigint;
  v_needed boolean;
  v_old boolean := false;
  s record;
  g record;
begin
  if not pg_try_advisory_xact_lock(1684107378, hashtext('dapr_pubsub.maintain')) then
    return;
  end if;

  select x.segment, x.opened_at into v_current, v_opened from dapr_pubsub.segments x where x.is_current;
  v_bytes := pg_table_size(format('dapr_pubsub.messages_%s', v_current)::regclass);
  -- what few messages hold must not stay for good only because they are few
  if v_opened < v_now - greatest(p_age, interval '1 day') then
    execute format('select exists (select from dapr_pubsub.messages_%s)', v_current) into v_old;
  end if;
  if v_bytes >= p_bytes or (v_bytes > 65536 and v_opened < v_now - p_age) or v_old then
    select x.segment into v_free from dapr_pubsub.segments x
      where not x.is_current and x.opened_at is null order by x.segment limit 1;
    if found then
      update dapr_pubsub.segments x set
        is_current = x.segment = v_free,
        opened_at = case when x.segment = v_free then v_now else x.opened_at end,
        closed_at = case when x.segment = v_free then null else v_now end
      where x.segment in (v_current, v_free);
    end if;
  end if;

  for s in
    select x.segment from dapr_pubsub.segments x
    where not x.is_current and x.opened_at is not null and x.closed_at <= v_now - p_retention
    order by x.closed_at
  loop
    v_needed := false;
    for g in
      select p.group_id, p.name, p.last_active_at, t.name as topic
      from dapr_pubsub.groups p join dapr_pubsub.topics t using (topic_id)
      where p.expired_at is null and exists (
        select 1 from dapr_pubsub.cursors c where c.group_id = p.group_id and dapr_pubsub.has_unread(s.segment, c))
    loop
      if g.last_active_at < v_now - p_expiry then
        update dapr_pubsub.groups p set expired_at = v_now where p.group_id = g.group_id;
        event := 'expired'; segment := s.segment; topic := g.topic; group_name := g.name;
        return next;
      else
        v_needed := true;
        if g.last_active_at < v_now - p_expiry / 2 then
          event := 'lagging'; segment := s.segment; topic := g.topic; group_name := g.name;
          return next;
        end if;
      end if;
    end loop;
    v_needed := v_needed or exists (
      select 1 from dapr_pubsub.topics t, dapr_pubsub.segments x
      where x.segment = s.segment and x.closed_at > v_now - p_expiry
        and not exists (select 1 from dapr_pubsub.groups p where p.topic_id = t.topic_id)
        and exists (select 1 from dapr_pubsub.messages m where m.segment = s.segment and m.topic_id = t.topic_id));
    if v_needed then
      continue;
    end if;
    begin
      -- Readers wait behind this lock, so it is not waited for. Once it is ours nobody can add to the segment: look again.
      perform set_config('lock_timeout', '50ms', true);
      execute format('lock table dapr_pubsub.messages_%s in access exclusive mode', s.segment);
      if not exists (
        select 1 from dapr_pubsub.cursors c join dapr_pubsub.groups p using (group_id)
        where p.expired_at is null and dapr_pubsub.has_unread(s.segment, c)
      ) then
        execute format('truncate dapr_pubsub.messages_%s', s.segment);
        update dapr_pubsub.segments x set opened_at = null, closed_at = null where x.segment = s.segment;
        event := 'emptied'; segment := s.segment; topic := null; group_name := null;
        return next;
      end if;
    exception when lock_not_available then
      null;
    end;
  end loop;
end
$$;
