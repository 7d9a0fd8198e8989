// The second model of a task: small, of its own, and fed with nothing but the commands. What it says a task went through must be
// what the audit says.
import type { Change, Command } from '../evidence.ts';

/** An event that a task's commands lead to. */
export interface ExpectedEvent {
  readonly type: string;
  readonly title: string;
  readonly status: 'open' | 'done';
  /** False: it may be missing, since nobody knows whether its command was done. */
  readonly certain: boolean;
  readonly command: number;
}

/** What the commands on one task lead to. */
export interface TaskCourse {
  readonly events: readonly ExpectedEvent[];
  /** The commands on it, in the order in which they were given. */
  readonly steps: readonly { readonly command: Command; readonly change: Change }[];
}

interface State {
  title: string;
  status: 'open' | 'done';
  deleted: boolean;
}

/** What each kind of change does to a task; null: nothing, and no event. */
function apply(state: State, change: Change): string | null {
  switch (change.kind) {
    case 'create':
      state.title = change.title ?? state.title;
      return 'todo.task.created.v1';
    case 'rename':
      if (state.deleted) return null;
      state.title = change.title ?? state.title;
      return 'todo.task.updated.v1';
    case 'snooze':
      return state.deleted || state.status === 'done' ? null : 'todo.task.updated.v1';
    case 'complete':
      if (state.deleted || state.status === 'done') return null;
      state.status = 'done';
      return 'todo.task.completed.v1';
    case 'reopen':
      if (state.deleted || state.status === 'open') return null;
      state.status = 'open';
      return 'todo.task.reopened.v1';
    case 'delete':
      if (state.deleted) return null;
      state.deleted = true;
      return 'todo.task.deleted.v1';
    case 'restore':
      if (!state.deleted) return null;
      state.deleted = false;
      return 'todo.task.restored.v1';
  }
}

/**
 * What the commands of a run lead to, for each task they name.
 * @param titles titles of tasks that nobody's command created: next occurrences, by id
 */
export function coursesOf(
  commands: readonly Command[],
  titles: ReadonlyMap<string, string> = new Map(),
): Map<string, TaskCourse> {
  const steps = new Map<string, { command: Command; change: Change }[]>();
  for (const command of commands) {
    for (const change of command.changes) {
      if (change.taskId === null) continue;
      const mine = steps.get(change.taskId) ?? [];
      steps.set(change.taskId, [...mine, { command, change }]);
    }
  }
  return new Map(
    [...steps].map(([taskId, mine]) => [taskId, courseOf(mine, titles.get(taskId) ?? '')]),
  );
}

function courseOf(steps: TaskCourse['steps'], title: string): TaskCourse {
  const state: State = { title, status: 'open', deleted: false };
  const events: ExpectedEvent[] = [];
  for (const { command, change } of steps) {
    if (change.outcome === 'refused') continue;
    const type = apply(state, change);
    if (type === null) continue;
    events.push({
      type,
      title: state.title,
      status: state.status,
      certain: change.outcome === 'accepted',
      command: command.number,
    });
  }
  return { events, steps };
}
