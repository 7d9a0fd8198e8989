-- bury: a row of retries is given up: to a topic, or to the table dead_letters when that is null.
create or replace function dapr_pubsub.bury(p_group int, p_id bigint, p_reason text, p_metadata text, p_dead_topic int)
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
