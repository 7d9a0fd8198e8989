// Bugs put in on purpose, one at a time and only ever into a copy of the sources: each breaks one promise that the judge must miss
// when it is broken. A test keeps every edit fitting the sources as they are now.

/** One change of a source file: `find` is there exactly once. */
export interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A bug. */
export interface Mutant {
  /** What it does wrong. */
  readonly what: string;
  /** What it takes for it to be seen from outside. */
  readonly shownBy: string;
  readonly edits: readonly Edit[];
}

const SUBSCRIBER = 'packages/messaging/src/subscriber.ts';
const COMMANDS = 'services/backend/src/tasks/commands.ts';
const SCHEDULER = 'services/backend/src/reminders/scheduler.ts';
const REMINDER_ROWS = 'services/backend/src/reminders/reminder-rows.ts';

const MARK_SENT = `  if (rows.length > 0) {
    await client.query(
      \`UPDATE todo.reminders r SET sent_for = r.pending_at, pending_at = NULL
       FROM unnest($1::uuid[], $2::uuid[]) AS sent (task_id, id) WHERE r.task_id = sent.task_id AND r.id = sent.id\`,
      [rows.map((row) => row.task_id), rows.map((row) => row.id)],
    );
  }
`;

/** Every bug by name. */
export const MUTANTS = {
  'ack-before-commit': {
    what: 'an event is acknowledged before its effect is committed',
    shownBy: 'any failure of the effect: a kill, a broken connection',
    edits: [
      {
        file: SUBSCRIBER,
        find: 'const effect = await handleOnce(options, event, handler);',
        replace: `void handleOnce(options, event, handler).catch(() => undefined);
      const effect = true as boolean;`,
      },
    ],
  },
  'inbox-outside-transaction': {
    what: 'the inbox row is committed before the effect, in a transaction of its own',
    shownBy: 'a connection that breaks between the two: lag-and-break',
    edits: [
      {
        file: SUBSCRIBER,
        find: `    return await withTransaction(pool, async (client) => {
      if (!(await recordEvent(client, schema, event))) return false;
`,
        replace: `    if (!(await recordEvent(pool, schema, event))) return false;
    return await withTransaction(pool, async (client) => {
`,
      },
    ],
  },
  'id-order-reader': {
    what: 'the pub/sub component reads in the order of ids, and skips what commits late',
    shownBy: 'a publisher that commits after one that began later: slow-commit (PostgreSQL only)',
    edits: [
      {
        file: 'services/pubsub-postgresql/sql/claim.sql',
        find: 'v_xip := array(select pg_snapshot_xip(v_seen));',
        replace: "v_xip := '{}';",
      },
    ],
  },
  'timer-lost-on-restart': {
    what: 'a backend that starts does not look for reminders',
    shownBy: 'every backend killed while no page is open: the end of each run',
    edits: [{ file: SCHEDULER, find: '  look();\n  return {', replace: '  return {' }],
  },
  'outbox-after-commit': {
    what: 'the outbox row is written after the commit of the change',
    shownBy: 'a connection that breaks between the two: lag-and-break',
    edits: [
      {
        file: COMMANDS,
        find: '    await appendEvent(client, SCHEMA, {',
        replace: '    this.late.push({',
      },
      {
        file: COMMANDS,
        find: '  private readonly changes: NewChange[] = [];',
        replace: `  readonly late: Parameters<typeof appendEvent>[2][] = [];
  private readonly changes: NewChange[] = [];`,
      },
      {
        file: COMMANDS,
        find: '    if (unit.hasChanges()) options.onCommit(',
        replace: `    for (const event of unit.late) await appendEvent(pool, SCHEMA, event);
    if (unit.hasChanges()) options.onCommit(`,
      },
    ],
  },
  'reminder-without-lock': {
    what: 'a due reminder is claimed without a lock, and marked as sent in another transaction',
    shownBy: 'two replicas whose timers go off at the same time',
    edits: [
      { file: REMINDER_ROWS, find: ' FOR UPDATE OF r SKIP LOCKED', replace: '' },
      {
        file: REMINDER_ROWS,
        find: `${MARK_SENT}  return rows;\n}\n`,
        replace: `  return rows;
}

export async function markSent(client: Queryable, rows: DueReminder[]): Promise<void> {
${MARK_SENT}}
`,
      },
      {
        file: SCHEDULER,
        find: 'import { nextReminderAt, takeDueReminders }',
        replace: 'import { markSent, nextReminderAt, takeDueReminders }',
      },
      {
        file: SCHEDULER,
        find: '  const sentAt = options.clock().getTime();',
        replace: `  await markSent(options.pool, taken);
  const sentAt = options.clock().getTime();`,
      },
    ],
  },
  'live-before-commit': {
    what: 'open pages get the change before it is committed',
    shownBy: 'any command: the pages read the change log too early',
    edits: [
      {
        file: COMMANDS,
        find: '      await started.writeChanges();\n',
        replace: `      await started.writeChanges();
      if (started.hasChanges())
        options.onCommit({ userId: given.userId, remindAt: started.remindAt() });
`,
      },
      {
        file: COMMANDS,
        find: `    if (unit.hasChanges()) options.onCommit({ userId: given.userId, remindAt: unit.remindAt() });`,
        replace: '    void unit;',
      },
    ],
  },
  'successor-without-unique-key': {
    what: 'a place in a series may be taken twice',
    shownBy:
      'the recurring service losing its database between the answer and its own record: lag-and-break',
    edits: [
      {
        file: 'services/backend/migrations/001-tasks.sql',
        find: ',\n  CONSTRAINT tasks_occurrence UNIQUE (series_id, occurrence)',
        replace: '',
      },
      {
        file: COMMANDS,
        find: '    if (made !== undefined) return { taskId: made, created: false };',
        replace: '    void made;',
      },
    ],
  },
  'audit-without-order': {
    what: 'the audit is read without an order',
    shownBy: 'two replicas that store the events of one person at the same time',
    edits: [
      {
        file: 'services/audit/src/history.ts',
        find: '     ORDER BY entries.place, coalesce(version, 0), id LIMIT',
        replace: '     LIMIT',
      },
    ],
  },
  'dead-letter-before-stored': {
    what: 'a dead letter is acknowledged before it is stored',
    shownBy: 'an unreadable event while the consumers’ database is away: poison-unstored',
    edits: [
      {
        file: SUBSCRIBER,
        find: 'const fresh = await storeDeadLetter(options.pool, options.schema, { ...seen, raw, reason });',
        replace: `void storeDeadLetter(options.pool, options.schema, { ...seen, raw, reason }).catch(() => undefined);
      const fresh = true as boolean;`,
      },
    ],
  },
} as const satisfies Record<string, Mutant>;

/** A bug's name. */
export type MutantName = keyof typeof MUTANTS;

/** All of them. */
export const MUTANT_NAMES = Object.keys(MUTANTS) as MutantName[];

/** A source with an edit done. @throws Error when the place is not there exactly once */
export function edited(source: string, { file, find, replace }: Edit): string {
  const times = source.split(find).length - 1;
  if (times !== 1)
    throw new Error(`${file}: the place of a mutant is there ${times} times: ${find}`);
  return source.replace(find, () => replace);
}
