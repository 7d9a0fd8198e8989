-- settle_slow: p_answers, a JSON array of {op, id, attempts, …}:
--   ack     handled; what waited behind it for its key is due now
--   renew   still being handled {ms}
--   return  not handled after all: due now, and this delivery does not count
--   fail    {ms, error}
--   dead    given up {error, metadata}
-- Returns the ids whose delivery number is another by now, or that are gone: nothing was done about them.
create or replace function dapr_pubsub.settle_slow(p_group int, p_answers jsonb, p_dead_topic int) returns bigint[]
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
