// The squash before the first release: one file of tables stands for the migrations that came before it.

/** The file that makes the tables in an empty schema. */
export const BASELINE = '0001_tables.sql';

/** A schema that has all of these has the tables of the baseline. */
export const BASELINE_REPLACES = [
  '0001_message_log.sql',
  '0002_claim.sql',
  '0003_settle.sql',
  '0004_settle_and_claim.sql',
  '0005_subscribe.sql',
  '0006_maintain.sql',
  '0007_slow_messages.sql',
  '0008_restored_elsewhere.sql',
  '0009_claim_reads_once.sql',
  '0010_publish_in_transaction.sql',
  '0012_listener_groups.sql',
];
