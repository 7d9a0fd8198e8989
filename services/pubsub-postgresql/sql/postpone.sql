-- postpone: a row of retries waits longer, and what waits behind it for the same key waits as long.
create or replace function dapr_pubsub.postpone(p_group int, p_id bigint, p_until timestamptz, p_error text) returns void
language sql
as $$
  update dapr_pubsub.retries r set
    due_at = greatest(r.due_at, p_until),
    error = case when r.id = p_id then coalesce(p_error, r.error) else r.error end
  from dapr_pubsub.retries f
  where f.group_id = p_group and f.id = p_id and r.group_id = p_group
    and (r.id = f.id or (r.key = f.key and (r.xid, r.id) > (f.xid, f.id)))
$$;
