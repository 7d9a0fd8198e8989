-- claim: leases shards of a group that have something to deliver and returns the messages, all in one round trip.
--
-- A lease lasts p_visibility on this server's clock; its epoch fences every later change. A shard is leased by one
-- owner at a time, which is what keeps the order of a key. Nothing waits for a lock: what another claims is skipped.
--
-- Rows: source 'log' or 'retry' for a message; 'lease' for each shard leased; last, one row with source 'wait': wait_ms
-- until a retry falls due (null: none), ttl_ms until the first lease may end (null: none).

create type dapr_pubsub.claimed_message as (
  source text,
  shard smallint,
  epoch bigint,
  xid xid8,
  id bigint,
  key bigint,
  attempts int,
  ttl_ms double precision,
  published_at timestamptz,
  content_type text,
  metadata text,
  data bytea,
  wait_ms double precision
);

create function dapr_pubsub.claim(
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
      where k.group_id = p_group and (k.lease_until is null or k.lease_until <= v_now)
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
            select d.id from dapr_pubsub.retries d
            where d.group_id = p_group and d.shard = c.shard and d.due_at <= v_now
              and not (p_ordered and d.key is not null and exists (
                select 1 from dapr_pubsub.retries e
                where e.group_id = p_group and e.key = d.key and (e.xid, e.id) < (d.xid, d.id) and e.due_at > v_now))
            order by d.xid, d.id
            limit least(v_left, v_shard_limit))
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
          epoch = v_epoch, owner = p_owner, lease_until = clock_timestamp() + p_visibility,
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
        where k.group_id = p_group and k.lease_until > v_now) - v_now) * 1000,
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
