-- Whom a publisher calls back when nobody claims its message. `topic_ids` names the topics whose every message is worth a
-- call (processes in `sleep` mode, whose LISTEN may be gone); `group_ids` the groups this process reads for, called only
-- when a message of theirs was left unclaimed: its LISTEN should have been enough.
alter table dapr_pubsub.listeners add column group_ids int[] not null default '{}';
