-- Slow messages, and bounds that were missing.
--
-- A message whose handler takes long leaves its batch and gets a lease of its own: its row in retries, due when the lease
-- ends. settle_slow renews or ends such leases; the number of the delivery (attempts) fences them.
--
-- claim now counts the bytes of retries too, does not wait for leases of its own owner, and takes a lease for ended that
-- lasts longer than it can: after a failover to a server whose clock is behind.

alter table dapr_pubsub.cursors add column lease_for interval; -- how long a lease lasts when it is taken or renewed

-- bury: a row of retries is given up: to a topic, or to the table dead_letters when that is null.
create function dapr_pubsub.bury(p_group int, p_id bigint, p_reason text, p_metadata text, p_dead_topic int)
returns void
language sql
as $$
  with gone as (
    delete from dapr_pubsub.retries where group_id = p_group and id = p_id returning *
  ), published as (
    insert into dapr_pubsub.messages (segment, shard, topic_id, key, published_at, content_type, metadata, data)
    select s.segment, (coalesce(g.key, g.id) % t.shards)::smallint, t.topic_id, g.key, clock_timestamp(),
        g.content_type, p_metadata, g.data
      from gone g, dapr_pubsub.topics t, dapr_pubsub.segments s
      where t.topic_id = p_dead_topic and s.is_current
  )
  insert into dapr_pubsub.dead_letters
    (topic, group_name, message_id, attempts, reason, published_at, content_type, metadata, data)
  select t.name, p.name, g.id, g.attempts, p_reason, g.published_at, g.content_type, p_metadata, g.data
    from gone g, dapr_pubsub.groups p join dapr_pubsub.topics t using (topic_id)
    where p.group_id = p_group and p_dead_topic is null
$$;

-- postpone: a row of retries waits longer, and what waits behind it for the same key waits as long.
create function dapr_pubsub.postpone(p_group int, p_id bigint, p_until timestamptz, p_error text) returns void
language sql
as $$
  update dapr_pubsub.retries r set
    due_at = greatest(r.due_at, p_until),
    error = case when r.id = p_id then coalesce(p_error, r.error) else r.error end
  from dapr_pubsub.retries f
  where f.group_id = p_group and f.id = p_id and r.group_id = p_group
    and (r.id = f.id or (r.key = f.key and (r.xid, r.id) > (f.xid, f.id)))
$$;

-- settle_slow: p_answers, a JSON array of {op, id, attempts, …}:
--   ack     handled; what waited behind it for its key is due now
--   renew   still being handled {ms}
--   return  not handled after all: due now, and this delivery does not count
--   fail    {ms, error}
--   dead    given up {error, metadata}
-- Returns the ids whose delivery number is another by now, or that are gone: nothing was done about them.
create function dapr_pubsub.settle_slow(p_group int, p_answers jsonb, p_dead_topic int) returns bigint[]
language plpgsql
as $$
declare
  v_now timestamptz := clock_timestamp();
  v_lost bigint[] := '{}';
  v_key bigint;
  x record;
begin
  for x in
    select e.* from jsonb_to_recordset(p_answers) as
      e(op text, id bigint, attempts int, ms double precision, error text, metadata text)
    order by e.id -- one order for all: no deadlocks
  loop
    select r.key into v_key from dapr_pubsub.retries r
      where r.group_id = p_group and r.id = x.id and r.attempts = x.attempts for update;
    if not found then
      v_lost := v_lost || x.id;
      continue;
    end if;
    case x.op
    when 'ack' then
      delete from dapr_pubsub.retries r where r.group_id = p_group and r.id = x.id;
      update dapr_pubsub.retries r set due_at = v_now
        where r.group_id = p_group and r.key = v_key and r.attempts = 0 and r.due_at > v_now;
    when 'renew' then
      update dapr_pubsub.retries r set due_at = v_now + x.ms * interval '1 millisecond'
        where r.group_id = p_group and r.id = x.id;
    when 'return' then
      update dapr_pubsub.retries r set due_at = v_now, attempts = r.attempts - 1
        where r.group_id = p_group and r.id = x.id;
    when 'fail' then
      -- The lease ends here; its end must not count as the backoff.
      update dapr_pubsub.retries r set due_at = v_now where r.group_id = p_group and r.id = x.id;
      update dapr_pubsub.retries r set due_at = v_now
        where r.group_id = p_group and r.key = v_key and r.attempts = 0 and r.due_at > v_now;
      perform dapr_pubsub.postpone(p_group, x.id, v_now + x.ms * interval '1 millisecond', x.error);
    when 'dead' then
      perform dapr_pubsub.bury(p_group, x.id, x.error, x.metadata, p_dead_topic);
      update dapr_pubsub.retries r set due_at = v_now
        where r.group_id = p_group and r.key = v_key and r.attempts = 0 and r.due_at > v_now;
    end case;
  end loop;
  return v_lost;
end
$$;

-- claim: as in 0002_claim.sql, with the changes named above.
create or replace function dapr_pubsub.claim(
  p_group int, p_owner uuid, p_visibility interval, p_ordered boolean, p_limit int, p_bytes int
) returns setof dapr_pubsub.claimed_message
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
set max_parallel_workers_per_gather = 0
set jit = off
as $$
declare
  v_now timestamptz := clock_timestamp();
  v_shards int;
  v_start int;
  v_due smallint[];
  v_parked boolean;
  v_left int := p_limit;
  v_bytes int := p_bytes;
  v_contended boolean := false;
  v_shard_limit int;
  v_seen pg_snapshot;
  v_target pg_snapshot;
  v_at_xid xid8;
  v_at_id bigint;
  v_from xid8;
  v_xip xid8[];
  v_read int;
  v_cut boolean;
  v_careful int;
  v_attempts int;
  v_epoch bigint;
  v_held boolean;
  v_last_xid xid8;
  v_last_id bigint;
  v_wait double precision;
  v_others double precision;
  c record;
  m record;
  o dapr_pubsub.claimed_message;
begin
  if p_limit > 0 then
    select coalesce(array_agg(distinct r.shard), '{}') into v_due
      from dapr_pubsub.retries r where r.group_id = p_group and r.due_at <= v_now;
    v_parked := exists (select 1 from dapr_pubsub.retries r where r.group_id = p_group);
    select greatest(count(*), 1) into v_shards from dapr_pubsub.cursors where group_id = p_group;
    v_shard_limit := ceil(p_limit * 2.0 / v_shards);
    v_start := floor(random() * v_shards); -- no shard is always first, or the last would starve
    update dapr_pubsub.groups set last_active_at = v_now, expired_at = null
      where group_id = p_group and last_active_at < v_now - interval '1 minute';

    for c in
      select * from dapr_pubsub.cursors k
      where k.group_id = p_group and (k.lease_until is null or k.lease_until <= v_now
        or k.lease_until > v_now + k.lease_for + interval '10 seconds')
      order by (k.shard + v_start) % v_shards
    loop
      exit when v_left <= 0 or v_bytes <= 0;
      v_held := false;
      v_read := 0;
      v_cut := false;
      v_last_xid := null;
      v_last_id := null;
      v_epoch := c.epoch + 1;
      -- A lease that ran out means that its holder was lost with the batch: find the message that did it.
      v_careful := case when c.lease_until is null then c.careful else greatest(c.careful, c.claimed) end;
      v_attempts := case when c.lease_until is null or c.claimed = 0 then 1 else c.attempts + 1 end;

      if c.shard = any (v_due) then
        perform 1 from dapr_pubsub.cursors k
          where k.group_id = p_group and k.shard = c.shard and k.epoch = c.epoch for update skip locked;
        if not found then
          v_contended := true;
          continue;
        end if;
        v_held := true;
        for m in
          update dapr_pubsub.retries r set attempts = r.attempts + 1
          where r.group_id = p_group and r.id in (
            select q.id from (
              select d.id, sum(octet_length(d.data)) over (order by d.xid, d.id) - octet_length(d.data) as before
              from dapr_pubsub.retries d
              where d.group_id = p_group and d.shard = c.shard and d.due_at <= v_now
                and not (p_ordered and d.key is not null and exists (
                  select 1 from dapr_pubsub.retries e
                  where e.group_id = p_group and e.key = d.key and (e.xid, e.id) < (d.xid, d.id) and e.due_at > v_now))
              order by d.xid, d.id
              limit least(v_left, v_shard_limit)) q
            where q.before < v_bytes)
          returning r.*
        loop
          o := ('retry', c.shard, v_epoch, m.xid, m.id, m.key, m.attempts,
            extract(epoch from m.expires_at - v_now) * 1000, m.published_at, m.content_type, m.metadata, m.data, null);
          return next o;
          v_left := v_left - 1;
          v_bytes := v_bytes - octet_length(m.data);
        end loop;
      end if;

      v_seen := c.seen;
      v_target := coalesce(c.target, pg_current_snapshot());
      v_at_xid := c.at_xid;
      v_at_id := c.at_id;
      <<windows>>
      loop
        v_xip := array(select pg_snapshot_xip(v_seen));
        v_from := greatest(pg_snapshot_xmax(v_seen), v_at_xid);
        for m in
          select * from (
            (select l.xid, l.id, l.key, l.published_at, l.expires_at, l.content_type, l.metadata, l.data
               from dapr_pubsub.messages l
              where l.topic_id = c.topic_id and l.shard = c.shard and l.xid = any (v_xip)
                and (l.xid, l.id) > (v_at_xid, v_at_id) and pg_visible_in_snapshot(l.xid, v_target)
              order by l.xid, l.id
              limit v_shard_limit + 1)
            union all
            (select l.xid, l.id, l.key, l.published_at, l.expires_at, l.content_type, l.metadata, l.data
               from dapr_pubsub.messages l
              where l.topic_id = c.topic_id and l.shard = c.shard and l.xid >= v_from
                and (l.xid, l.id) > (v_at_xid, v_at_id) and pg_visible_in_snapshot(l.xid, v_target)
              order by l.xid, l.id
              limit v_shard_limit + 1)
          ) q
        loop
          if v_left <= 0 or v_bytes <= 0 or v_read >= v_shard_limit or (v_careful > 0 and v_read >= 1) then
            v_cut := true;
            exit;
          end if;
          if not v_held then
            perform 1 from dapr_pubsub.cursors k
              where k.group_id = p_group and k.shard = c.shard and k.epoch = c.epoch for update skip locked;
            if not found then
              v_contended := true;
              exit windows;
            end if;
            v_held := true;
          end if;
          v_read := v_read + 1;
          v_last_xid := m.xid;
          v_last_id := m.id;
          if m.expires_at <= v_now then
            continue;
          end if;
          if p_ordered and v_parked and m.key is not null and exists (
            select 1 from dapr_pubsub.retries r where r.group_id = p_group and r.key = m.key
          ) then
            -- An earlier message of this key is still to be retried: this one takes its place behind it.
            insert into dapr_pubsub.retries
              (group_id, id, shard, xid, key, attempts, due_at, published_at, expires_at, content_type, metadata, data)
            values (p_group, m.id, c.shard, m.xid, m.key, 0,
              (select max(r.due_at) from dapr_pubsub.retries r where r.group_id = p_group and r.key = m.key),
              m.published_at, m.expires_at, m.content_type, m.metadata, m.data)
            on conflict do nothing;
            continue;
          end if;
          o := ('log', c.shard, v_epoch, m.xid, m.id, m.key, case when v_read = 1 then v_attempts else 1 end,
            extract(epoch from m.expires_at - v_now) * 1000, m.published_at, m.content_type, m.metadata, m.data, null);
          return next o;
          v_left := v_left - 1;
          v_bytes := v_bytes - octet_length(m.data);
        end loop;
        exit windows when v_read > 0 or v_cut or c.target is null;
        -- The old window has nothing left: open the next one.
        v_seen := c.target;
        v_at_xid := '0';
        v_at_id := 0;
        c.target := null;
        v_target := pg_current_snapshot();
      end loop;

      if v_held then
        update dapr_pubsub.cursors k set
          epoch = v_epoch, owner = p_owner, lease_until = clock_timestamp() + p_visibility, lease_for = p_visibility,
          seen = v_seen, target = v_target, at_xid = v_at_xid, at_id = v_at_id,
          claim_xid = v_last_xid, claim_id = v_last_id, claim_last = not v_cut,
          claimed = v_read, careful = v_careful, attempts = v_attempts
        where k.group_id = p_group and k.shard = c.shard;
        -- A shard can be held with nothing to hand out: all of it expired, or parked behind an earlier message.
        o := ('lease', c.shard, v_epoch, null, null, null, null, null, null, null, null, null, null);
        return next o;
      end if;
    end loop;
  end if;

  select
      extract(epoch from (select min(k.lease_until) from dapr_pubsub.cursors k
        where k.group_id = p_group and k.lease_until > v_now and k.owner <> p_owner) - v_now) * 1000,
      extract(epoch from (select min(r.due_at) from dapr_pubsub.retries r
        where r.group_id = p_group and r.due_at > v_now) - v_now) * 1000
    into v_others, v_wait;
  if v_contended then
    v_wait := 25;
  end if;
  o := ('wait', null, null, null, null, null, null, v_others, null, null, null, null, v_wait);
  return next o;
end
$$;

-- settle: as in 0003_settle.sql; new in p_exceptions:
--   hold    a retry is still being handled and keeps its row as a lease of its own {shard, id, ms}
--   return  with attempts, the number of deliveries it goes back to: so that it can be told twice
create or replace function dapr_pubsub.settle(
  p_group int, p_owner uuid, p_visibility interval, p_shards smallint[], p_epochs bigint[], p_at_xid xid8[],
  p_at_id bigint[], p_release boolean[], p_exceptions jsonb, p_dead_topic int
) returns smallint[]
language plpgsql
set plan_cache_mode = force_generic_plan
set jit = off
as $$
declare
  v_now timestamptz := clock_timestamp();
  v_held smallint[];
  x record;
begin
  with ends as (
    select * from unnest(p_shards, p_epochs, p_at_xid, p_at_id, p_release) as e(shard, epoch, at_xid, at_id, release)
  ), settled as (
    update dapr_pubsub.cursors k set
      seen = case when e.at_id is null and k.claim_last then k.target else k.seen end,
      target = case when e.at_id is null and k.claim_last then null else k.target end,
      at_xid = case when e.at_id = -1 then k.at_xid when e.at_id is not null then e.at_xid when k.claim_last then '0'
                    else coalesce(k.claim_xid, k.at_xid) end,
      at_id = case when e.at_id = -1 then k.at_id when e.at_id is not null then e.at_id when k.claim_last then 0
                   else coalesce(k.claim_id, k.at_id) end,
      claimed = case when e.release then 0 else k.claimed end,
      careful = case when e.at_id is null then greatest(k.careful - k.claimed, 0) else k.careful end,
      attempts = case when e.at_id = -1 and not e.release then k.attempts else 0 end,
      owner = case when e.release then null else k.owner end,
      lease_until = case when e.release then null else v_now + p_visibility end,
      lease_for = p_visibility
    from ends e
    where k.group_id = p_group and k.shard = e.shard and k.epoch = e.epoch and k.owner = p_owner
    returning k.shard
  )
  select coalesce(array_agg(shard), '{}') into v_held from settled;

  if jsonb_array_length(p_exceptions) > 0 then
    for x in
      select e.* from jsonb_to_recordset(p_exceptions) as
        e(op text, shard smallint, xid xid8, id bigint, attempts int, ms double precision, error text, metadata text)
      where e.shard = any (v_held)
      order by array_position('{hold,park,ack,return,fail,dead}', e.op), e.xid, e.id
    loop
      case x.op
      when 'park' then
        insert into dapr_pubsub.retries
          (group_id, id, shard, xid, key, attempts, due_at, error, published_at, expires_at, content_type, metadata, data)
        select p_group, m.id, m.shard, m.xid, m.key, x.attempts,
            greatest(v_now + x.ms * interval '1 millisecond',
              (select max(r.due_at) from dapr_pubsub.retries r where r.group_id = p_group and r.key = m.key)),
            x.error, m.published_at, m.expires_at, m.content_type, m.metadata, m.data
          from dapr_pubsub.messages m
          where m.topic_id = (select topic_id from dapr_pubsub.groups where group_id = p_group)
            and m.shard = x.shard and m.xid = x.xid and m.id = x.id
        on conflict do nothing;
      when 'ack' then
        delete from dapr_pubsub.retries where group_id = p_group and id = x.id;
      when 'return' then
        update dapr_pubsub.retries r set attempts = coalesce(x.attempts, r.attempts - 1)
          where r.group_id = p_group and r.id = x.id;
      when 'hold' then
        update dapr_pubsub.retries r set due_at = v_now + x.ms * interval '1 millisecond'
          where r.group_id = p_group and r.id = x.id;
      when 'fail' then
        perform dapr_pubsub.postpone(p_group, x.id, v_now + x.ms * interval '1 millisecond', x.error);
      when 'dead' then
        perform dapr_pubsub.bury(p_group, x.id, x.error, x.metadata, p_dead_topic);
      end case;
    end loop;
  end if;

  return array(select s from unnest(p_shards) s where not s = any (v_held));
end
$$;
