-- ensure_topic: finds or makes a topic. Its number of shards is fixed when it is made. Safe when many do it at once.
create or replace function dapr_pubsub.ensure_topic(p_topic text, p_shards smallint, out topic_id int, out shards smallint)
language plpgsql
as $$
begin
  select t.topic_id, t.shards into topic_id, shards from dapr_pubsub.topics t where t.name = p_topic;
  if not found then
    insert into dapr_pubsub.topics (name, shards) values (p_topic, p_shards) on conflict (name) do nothing;
    select t.topic_id, t.shards into topic_id, shards from dapr_pubsub.topics t where t.name = p_topic;
  end if;
end
$$;
