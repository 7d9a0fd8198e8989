-- settle_and_claim: what a busy subscriber calls over and over: the end of one batch and the start of the next in one
-- transaction, so that a batch costs one round trip and one flush. A first row of source 'lost' for each shard that had
-- been given to another owner meanwhile; then the rows of claim.
create or replace function dapr_pubsub.settle_and_claim(
  p_group int, p_owner uuid, p_visibility interval, p_shards smallint[], p_epochs bigint[], p_at_xid xid8[],
  p_at_id bigint[], p_release boolean[], p_exceptions jsonb, p_dead_topic int, p_ordered boolean, p_limit int,
  p_bytes int
) returns setof dapr_pubsub.claimed_message
language plpgsql
as $$
declare
  v_lost smallint;
  o dapr_pubsub.claimed_message;
begin
  foreach v_lost in array dapr_pubsub.settle(
    p_group, p_owner, p_visibility, p_shards, p_epochs, p_at_xid, p_at_id, p_release, p_exceptions, p_dead_topic)
  loop
    o := ('lost', v_lost, null, null, null, null, null, null, null, null, null, null, null);
    return next o;
  end loop;
  return query select * from dapr_pubsub.claim(p_group, p_owner, p_visibility, p_ordered, p_limit, p_bytes);
end
$$;
