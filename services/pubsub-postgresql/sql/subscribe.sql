-- subscribe: finds or makes a topic and a group on it, with a cursor for each shard. A new group starts at what commits
-- from now on, or with p_earliest at the oldest message kept. Safe when many do it at once.
create or replace function dapr_pubsub.subscribe(
  p_topic text, p_shards smallint, p_group text, p_earliest boolean,
  out topic_id int, out group_id int, out shards smallint, out was_expired boolean
)
language plpgsql
as $$
begin
  select e.topic_id, e.shards into topic_id, shards from dapr_pubsub.ensure_topic(p_topic, p_shards) e;
  insert into dapr_pubsub.groups as g (topic_id, name) values (subscribe.topic_id, p_group)
    on conflict on constraint groups_topic_id_name_key do nothing
    returning g.group_id into group_id;
  if found then
    insert into dapr_pubsub.cursors (group_id, shard, topic_id, seen)
    select subscribe.group_id, s, subscribe.topic_id,
        case when p_earliest then pg_snapshot '1:1:' else pg_current_snapshot() end
      from generate_series(0, subscribe.shards - 1) s;
    was_expired := false;
  else
    select g.group_id, g.expired_at is not null into group_id, was_expired from dapr_pubsub.groups g
      where g.topic_id = subscribe.topic_id and g.name = p_group;
    update dapr_pubsub.groups g set last_active_at = now(), expired_at = null where g.group_id = subscribe.group_id;
  end if;
end
$$;
