// Reminders: each once on every channel, late ones marked, none for a task that was done before.
import type { Command, Evidence, FaultRecord, Notice, PersonView, Violation } from '../evidence.ts';

/** A reminder this late must not be marked yet, ms: docs/reference/notifications.md. */
const LATE_AFTER_MS = 60_000;
/** Between the decision that it is late and the instant that is written down, ms. */
const DECISION_MS = 15_000;
/** A reminder comes so long after its time, or after the last fault, at most, ms: a part that was killed starts again within it. */
export const PUNCTUAL_MS = 30_000;
/** A task that was done so long before its reminder is not reminded of, ms: one machine, one clock. */
const SURELY_BEFORE_MS = 1_000;

interface Reminder {
  readonly person: string;
  readonly taskId: string;
  readonly at: number;
  /** When the task was done or deleted, ms; undefined: never tried. Infinity: nobody knows. */
  readonly endedAt: number | undefined;
}

/** Every reminder came once in the app and once to the webhook, and says whether it was late. */
export function remindersCameOnce(evidence: Evidence): Violation[] {
  return remindersOf(evidence.commands).flatMap((reminder) => {
    const view = evidence.persons[reminder.person];
    if (!view) return [];
    const notices = view.notices.filter(
      (notice) => notice.taskId === reminder.taskId && notice.kind === 'reminder',
    );
    return [
      ...countProblems(reminder, notices, view),
      ...notices.flatMap((notice) => [
        ...lateProblems(reminder, notice),
        ...punctualProblems(reminder, notice, evidence.faults),
        ...hookProblems(reminder, notice, evidence),
      ]),
    ].map((one) => ({
      ...one,
      person: reminder.person,
      taskId: reminder.taskId,
      at: reminder.at,
    }));
  });
}

function remindersOf(commands: readonly Command[]): Reminder[] {
  const ends = new Map<string, number>();
  for (const { changes, answeredAt } of commands) {
    for (const { kind, taskId, outcome } of changes) {
      if (taskId === null || (kind !== 'complete' && kind !== 'delete') || outcome === 'refused')
        continue;
      ends.set(taskId, outcome === 'accepted' ? answeredAt : Infinity);
    }
  }
  return commands.flatMap(({ person, changes }) =>
    changes.flatMap(({ kind, taskId, remindAt = [], outcome }) =>
      kind === 'create' && taskId !== null && outcome === 'accepted'
        ? remindAt.map((at) => ({
            person,
            taskId,
            at: Date.parse(at),
            endedAt: ends.get(taskId),
          }))
        : [],
    ),
  );
}

function countProblems(
  { taskId, at, endedAt }: Reminder,
  notices: readonly Notice[],
  view: PersonView,
): Violation[] {
  const due = view.audit.filter(
    (entry) => entry.type === 'todo.reminder.due.v1' && entry.taskId === taskId,
  ).length;
  const expected = expectedTimes(at, endedAt);
  const found: Violation[] = [];
  if (!expected.includes(due))
    found.push({
      invariant: 'reminder-claimed-once',
      message: `a reminder fell due ${due} times instead of ${expected.join(' or ')}`,
    });
  if (!expected.includes(notices.length))
    found.push({
      invariant: 'reminder-once',
      message: `a reminder came ${notices.length} times in the app instead of ${expected.join(' or ')}`,
    });
  return found;
}

function expectedTimes(at: number, endedAt: number | undefined): number[] {
  if (endedAt === undefined) return [1];
  return endedAt < at - SURELY_BEFORE_MS ? [0] : [0, 1];
}

function lateProblems({ at }: Reminder, notice: Notice): Violation[] {
  const behind = Date.parse(notice.at) - at;
  const sure = behind < LATE_AFTER_MS || behind > LATE_AFTER_MS + DECISION_MS;
  if (!sure || notice.late === behind > LATE_AFTER_MS) return [];
  return [
    {
      invariant: 'reminder-late-marked',
      message: `a notification came ${behind} ms after its time, and "late" is ${String(notice.late)}`,
    },
  ];
}

/** Nobody may have to open a page, or to set another reminder, before one that is due comes. */
function punctualProblems(
  { at }: Reminder,
  notice: Notice,
  faults: readonly FaultRecord[],
): Violation[] {
  const came = Date.parse(notice.at);
  const ends = faults.filter(({ begunAt }) => begunAt <= came).map(({ endedAt }) => endedAt);
  const since = Math.max(at, ...ends);
  if (came - since <= PUNCTUAL_MS) return [];
  return [
    {
      invariant: 'reminder-punctual',
      message: `a notification came ${came - at} ms after its time, ${came - since} ms after the last fault had ended`,
    },
  ];
}

function hookProblems({ at, person }: Reminder, notice: Notice, evidence: Evidence): Violation[] {
  const hooks = evidence.hooks.filter((hook) => hook.notificationId === notice.id);
  const ways = notice.deliveries.filter(({ channel }) => channel === 'webhook');
  const found: Violation[] = [];
  if (hooks.length > 1 || hooks.some((hook) => hook.person !== person))
    found.push({
      invariant: 'reminder-once',
      message: `the webhook got a notification ${hooks.length} times, for ${hooks.map((hook) => hook.person).join(', ')}`,
    });
  if (hooks.some(({ signed }) => !signed))
    found.push({
      invariant: 'webhook-signed',
      message: 'a webhook’s signature is not that of its body',
    });
  const status = ways[0]?.status ?? 'missing';
  const arrived = hooks.length === 1;
  const disturbed = faultSince(evidence.faults, at);
  const right =
    (status === 'delivered' && arrived) ||
    (status === 'cancelled' && !arrived) ||
    // The answer was lost, or the process ended while it was sending: a fault must have caused that.
    ((status === 'uncertain' || status === 'sending') && disturbed);
  if (ways.length !== 1 || !right)
    found.push({
      invariant: 'reminder-delivered',
      message: `a notification has ${ways.length} webhook deliveries, ${status}; the receiver got it ${hooks.length} times`,
    });
  return found;
}

/** Whether a fault was in the system after an instant (a delivery comes later than its reminder) or shortly before it. */
function faultSince(faults: readonly FaultRecord[], at: number): boolean {
  return faults.some(({ endedAt }) => endedAt > at - 5_000);
}
