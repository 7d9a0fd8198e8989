-- settle: writes down what became of a batch, for those of its shards that the owner still holds.
--
-- For each shard (arrays of equal length): the epoch of the lease; p_at_xid/p_at_id, the last message up to which all is
-- settled (null: the whole batch; id -1: as before); p_release, whether the lease ends. A shard whose epoch is no longer ours changes
-- nothing and is returned: its batch has been given to another owner.
--
-- p_exceptions, a JSON array, what was not a plain success, applied in this order:
--   park    a log message goes to the retries {shard, xid, id, attempts, ms, error}
--   ack     a retry succeeded {shard, id}
--   hold    a retry is still being handled and keeps its row as a lease of its own {shard, id, ms}
--   return  a retry was not handed out after all {shard, id, attempts}: the number of deliveries it goes back to, so that
--           it can be written twice
--   fail    a retry failed again {shard, id, ms, error}
--   dead    a retry (or what was just parked) is given up {shard, id, error, metadata}: to the topic p_dead_topic, or to
--           the table dead_letters when that is null.
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
