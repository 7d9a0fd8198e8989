// Commands against the audit: each accepted one once, refused ones never, each task's course as the second model says.
import type { AuditEntry, Command, Evidence, PersonView, Violation } from '../evidence.ts';
import { coursesOf, type ExpectedEvent, type TaskCourse } from './model.ts';

const TASK_EVENT = /^todo\.task\./;

/** The entries of changes of tasks, by task, oldest version first. */
export function changesByTask(view: PersonView): Map<string, AuditEntry[]> {
  const entries = view.audit.filter((entry) => TASK_EVENT.test(entry.type));
  const byTask = Map.groupBy(entries, (entry) => entry.taskId ?? '');
  for (const mine of byTask.values()) mine.sort((a, b) => (a.version ?? 0) - (b.version ?? 0));
  return byTask;
}

/** Audit: no event twice, and each task's versions without a gap, each beginning where the one before ended. */
export function auditIsComplete({ persons }: Evidence): Violation[] {
  const found: Violation[] = [];
  for (const [person, view] of Object.entries(persons)) {
    const seen = new Set<string>();
    for (const { source, eventId, taskId, type, at } of view.audit) {
      const key = `${source} ${eventId}`;
      if (seen.has(key))
        found.push({
          ...of(person, taskId, at),
          invariant: 'audit-once',
          message: `the audit has the event ${eventId} (${type}) more than once`,
        });
      seen.add(key);
    }
    for (const [taskId, entries] of changesByTask(view)) {
      const versions = entries.map((entry) => entry.version);
      const wanted = entries.map((_entry, index) => index + 1);
      if (versions.join() !== wanted.join()) {
        found.push({
          ...of(person, taskId, entries[0]?.at),
          invariant: 'audit-complete',
          message: `the audit has the versions ${versions.join(', ')} of a task instead of ${wanted.join(', ')}`,
        });
        continue;
      }
      for (const [index, entry] of entries.entries()) {
        const previous = entries[index - 1];
        if (!previous?.task || !entry.before) continue; // a deleted task shows nothing
        if (JSON.stringify(previous.task) !== JSON.stringify(entry.before))
          found.push({
            ...of(person, taskId, entry.at),
            invariant: 'audit-chain',
            message: `version ${String(entry.version)} begins with another task than version ${String(previous.version)} ended with`,
          });
      }
    }
  }
  return found;
}

/** A person's audit is answered in the order of time, and a task's own history in the order of its versions. */
export function auditIsInOrder({ persons }: Evidence): Violation[] {
  const found: Violation[] = [];
  for (const [person, view] of Object.entries(persons)) {
    const late = view.audit.find(
      ({ at }, index) => Date.parse(at) < Date.parse(view.audit[index - 1]?.at ?? at),
    );
    if (late)
      found.push({
        ...of(person, late.taskId, late.at),
        invariant: 'audit-order',
        message: `the audit has an entry of ${late.at} (${late.type}) after a later one`,
      });
    for (const [taskId, entries] of Object.entries(view.histories)) {
      const versions = entries.flatMap(({ version }) => (version === null ? [] : [version]));
      if (versions.some((version, index) => index > 0 && version <= (versions[index - 1] ?? 0)))
        found.push({
          ...of(person, taskId, entries[0]?.at),
          invariant: 'audit-order',
          message: `the history of a task is in the order of the versions ${versions.join(', ')}`,
        });
    }
  }
  return found;
}

/** Every accepted command has exactly one effect, a command without an answer at most one. */
export function commandsHaveOneEffect({ commands, persons }: Evidence): Violation[] {
  const found: Violation[] = [];
  for (const [person, own] of Map.groupBy(commands, (command) => command.person)) {
    const view = persons[person];
    if (!view) continue;
    const byTask = changesByTask(view);
    found.push(...createdOnce(person, own, byTask));
    const titles = new Map(
      [...byTask].map(([taskId, entries]) => [taskId, entries[0]?.task?.title ?? '']),
    );
    for (const [taskId, course] of coursesOf(own, titles)) {
      const problem = differenceOf(course, byTask.get(taskId) ?? []);
      if (problem !== undefined)
        found.push({
          ...of(person, taskId, undefined),
          at: course.steps[0]?.command.sentAt ?? 0,
          invariant: 'one-effect',
          message: problem,
        });
    }
  }
  return found;
}

function createdOnce(
  person: string,
  commands: readonly Command[],
  byTask: ReadonlyMap<string, readonly AuditEntry[]>,
): Violation[] {
  const found: Violation[] = [];
  const made = new Map<string, string[]>();
  for (const [taskId, [first]] of byTask) {
    if (!first?.task || first.task.occurrence > 1) continue;
    made.set(first.task.title, [...(made.get(first.task.title) ?? []), taskId]);
  }
  const asked = new Set<string>();
  for (const { number, changes, sentAt } of commands) {
    for (const { kind, title = '', outcome } of changes) {
      if (kind !== 'create' || outcome === 'refused') continue;
      asked.add(title);
      const ids = made.get(title) ?? [];
      const wrong = outcome === 'accepted' ? ids.length !== 1 : ids.length > 1;
      if (wrong)
        found.push({
          person,
          at: sentAt,
          ...(ids[0] !== undefined && { taskId: ids[0] }),
          invariant: 'one-effect',
          message: `command ${number} asked once for "${title}" (${outcome}), and ${ids.length} tasks were made`,
        });
    }
  }
  for (const [title, ids] of made) {
    if (asked.has(title)) continue;
    found.push({
      person,
      ...(ids[0] !== undefined && { taskId: ids[0] }),
      invariant: 'no-effect-without-command',
      message: `"${title}" was made, and nobody asked for it`,
    });
  }
  return found;
}

/** What refused commands asked for is nowhere. */
export function refusedHaveNoEffect({ commands, persons }: Evidence): Violation[] {
  const found: Violation[] = [];
  for (const { person, number, changes, sentAt, answer } of commands) {
    const view = persons[person];
    for (const { title, outcome } of changes) {
      if (outcome !== 'refused' || title === undefined || title === '') continue;
      const entry = view?.audit.find((one) => one.task?.title === title);
      const listed = view?.tasks.find((task) => task.title === title);
      const taskId = entry?.taskId ?? listed?.id;
      if (taskId !== undefined)
        found.push({
          ...of(person, taskId, undefined),
          at: sentAt,
          invariant: 'refused-has-no-effect',
          message: `command ${number} was refused (${answer}), and "${title}" is there`,
        });
    }
  }
  return found;
}

/** How a task's audit differs from what its commands lead to; undefined: not at all. */
function differenceOf(course: TaskCourse, entries: readonly AuditEntry[]): string | undefined {
  const first = entries[0];
  const isSuccessor = (first?.task?.occurrence ?? 1) > 1;
  // A next occurrence was made by the system, not by a command.
  const seen = isSuccessor ? entries.slice(1) : entries;
  let next = 0;
  for (const wanted of course.events) {
    const entry = seen[next];
    if (entry && matches(entry, wanted)) {
      next += 1;
    } else if (wanted.certain) {
      return (
        `command ${wanted.command} was accepted and must have led to ${wanted.type}` +
        ` ("${wanted.title}", ${wanted.status}); the audit has ${entry ? shown(entry) : 'nothing'} there`
      );
    }
  }
  const extra = seen[next];
  if (extra === undefined) return undefined;
  return `the audit has ${shown(extra)}, and no command asked for it`;
}

function matches(entry: AuditEntry, wanted: ExpectedEvent): boolean {
  if (entry.type !== wanted.type) return false;
  if (entry.task === null) return wanted.type === 'todo.task.deleted.v1';
  return entry.task.title === wanted.title && entry.task.status === wanted.status;
}

function shown({ type, version, task }: AuditEntry): string {
  return `${type} (version ${String(version)}${task ? `, "${task.title}", ${task.status}` : ''})`;
}

function of(
  person: string,
  taskId: string | null,
  at: string | undefined,
): Pick<Violation, 'person' | 'taskId' | 'at'> {
  return {
    person,
    ...(taskId !== null && { taskId }),
    ...(at !== undefined && { at: Date.parse(at) }),
  };
}
