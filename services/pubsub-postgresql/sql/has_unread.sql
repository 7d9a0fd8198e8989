-- has_unread: whether a segment holds a message that this cursor has not read.
create or replace function dapr_pubsub.has_unread(p_segment smallint, c dapr_pubsub.cursors) returns boolean
language plpgsql stable
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
as $$
begin
  return exists (
    select 1 from dapr_pubsub.messages m
    where m.segment = p_segment and m.topic_id = c.topic_id and m.shard = c.shard
      and m.xid >= greatest(pg_snapshot_xmax(c.seen), c.at_xid) and (m.xid, m.id) > (c.at_xid, c.at_id)
  ) or exists (
    select 1 from dapr_pubsub.messages m
    where m.segment = p_segment and m.topic_id = c.topic_id and m.shard = c.shard
      and m.xid = any (array(select pg_snapshot_xip(c.seen)))
      and (c.target is null or (m.xid, m.id) > (c.at_xid, c.at_id) or not pg_visible_in_snapshot(m.xid, c.target))
  ) or exists (
    select 1 from dapr_pubsub.messages m
    where c.target is not null and m.segment = p_segment and m.topic_id = c.topic_id and m.shard = c.shard
      and m.xid = any (array(select pg_snapshot_xip(c.target)))
      and not pg_visible_in_snapshot(m.xid, c.seen)
  );
end
$$;
