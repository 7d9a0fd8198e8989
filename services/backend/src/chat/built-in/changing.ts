// Changes of tasks that are there: complete, reopen, delete, update. One task is changed at once, and can be undone; several
// only after a yes.
import { z } from 'zod';
import { taskView } from '../../tools/task-view.ts';
import type { Turn } from '../chat-engine.ts';
import type { Reference } from '../conversation.ts';
import { changesOf, isSameForAll } from './change-words.ts';
import type { Change, Command } from './command-shape.ts';
import { fetchTasks, wordsOf } from './fetch-tasks.ts';
import { parseContext } from './find-tasks.ts';
import { verbsOf } from './past-verbs.ts';
import { askWhatWasMeant, askWhen, withTasks } from './questions.ts';
import { names, quote, sentenceOf } from './sentences.ts';

const oneTask = z.object({ task: taskView });

/** Completes the tasks that the words mean. */
export async function complete(turn: Turn, target: string): Promise<void> {
  await withTasks(turn, target, 'open', async (tasks, several) => {
    const [first] = tasks;
    turn.remember({ recent: 'order', order: 'complete %' });
    if (!several && first) {
      await completeOne(turn, first);
      return;
    }
    await askForMany(turn, 'complete_tasks', 'Complete', tasks, {});
  });
}

async function completeOne(turn: Turn, { id }: Reference): Promise<void> {
  const { task } = oneTask.parse(await turn.tools.run('complete_task', { id }));
  const next = task.repeat === null ? '' : ' It repeats, so the next one is added automatically.';
  turn.say(`Done: ${quote(task.title)}.${next}`);
}

/** Completes, or reopens, what the person says they did: only a task that has both the verb and its object. */
export async function completeSaid(
  turn: Turn,
  { verb, object, undone }: Extract<Command, { kind: 'did' }>,
): Promise<void> {
  const verbs = undone ? [verb, ...verbsOf(verb)] : verbsOf(verb);
  const about = wordsOf(object).filter((word) => !/^(?:the|a|an|my|our|to|it|some)$/.test(word));
  const fitting = (await fetchTasks(turn, undone ? { done: true } : {}, about.join(' '))).tasks;
  const meant = fitting.filter(({ title }) => verbs.some((one) => wordsOf(title).includes(one)));
  const [only] = meant;
  turn.remember({ recent: 'order', order: undone ? null : 'complete %' });
  if (only && meant.length === 1 && about.length > 0) {
    if (undone) {
      await turn.tools.run('reopen_task', { id: only.id });
      turn.say(`Open again: ${quote(only.title)}.`);
    } else await completeOne(turn, only);
    return;
  }
  if (meant.length === 0) {
    const other = (
      await fetchTasks(turn, undone ? {} : { done: true }, about.join(' '))
    ).tasks.find(
      ({ title }) => about.length > 0 && verbs.some((one) => wordsOf(title).includes(one)),
    );
    if (other && fitting.length === 0) {
      turn.say(`${quote(other.title)} is ${undone ? 'still open' : 'already done'}.`);
      return;
    }
  }
  const candidates = (meant.length > 0 ? meant : fitting).slice(0, 9);
  if (candidates.length === 0 || about.length === 0) {
    askWhatWasMeant(turn, turn.text);
    return;
  }
  turn.tools.shown(candidates);
  const order = (id: string): string => `mark task ${id} as ${undone ? 'open' : 'done'}`;
  turn.ask({
    text: `Is ${candidates.length === 1 ? 'this task' : 'one of these tasks'} ${undone ? 'not done' : 'done'} now?`,
    choices: candidates.map(({ id, title }) => ({ label: title, send: order(id) })),
  });
  const [first] = candidates;
  if (first && candidates.length === 1) turn.remember({ offer: { yes: [order(first.id)] } });
}

/** Reopens the tasks that the words mean. */
export async function reopen(turn: Turn, target: string): Promise<void> {
  await withTasks(turn, target, 'done', async (tasks) => {
    for (const { id } of tasks) await turn.tools.run('reopen_task', { id });
    turn.remember({ recent: 'order', order: 'reopen %' });
    turn.say(`Open again: ${names(tasks)}.`);
  });
}

/** Deletes the tasks that the words mean. */
export async function remove(turn: Turn, target: string): Promise<void> {
  await withTasks(turn, target, 'open', async (tasks, several) => {
    const [first] = tasks;
    turn.remember({ recent: 'order', order: 'delete %' });
    if (!several && first) {
      await turn.tools.run('delete_task', { id: first.id });
      turn.say(`Deleted ${quote(first.title)}. Say “undo” to bring it back.`);
      return;
    }
    await askForMany(turn, 'delete_tasks', 'Delete', tasks, {});
  });
}

/** Changes the tasks that the words mean. */
export async function update(turn: Turn, target: string, change: Change): Promise<void> {
  await withTasks(turn, target, 'open', async (tasks, several) => {
    const [first] = tasks;
    if (!first) return;
    if (several && !isSameForAll(change)) {
      turn.say('I can’t make this change to more than one task at a time. Name one task.');
      return;
    }
    const { task } = oneTask.parse(await turn.tools.look('get_task', { id: first.id }));
    const sample = several ? { ...task, due: null, dueZone: null } : task;
    const changes = changesOf(change, sample, parseContext(turn));
    turn.remember({ recent: 'order', order: orderOf(change) });
    if (changes === undefined) {
      askWhen(turn, target, change, first);
      return;
    }
    if (several) {
      await askForMany(turn, 'update_tasks', 'Change', tasks, { changes });
      return;
    }
    const after = oneTask.parse(
      await turn.tools.run('update_task', { id: first.id, ...changes }),
    ).task;
    turn.say(sentenceOf(change, task, after, turn));
  });
}

/** The same change to another task, `%`. */
function orderOf(change: Change): string | null {
  switch (change.kind) {
    case 'due':
      return `move % to ${change.words}`;
    case 'priority':
      return `make % ${change.priority === 'none' ? 'no' : change.priority} priority`;
    case 'list':
      return `move % to the ${change.name} list`;
    case 'tag':
      return change.on ? `tag % with #${change.tag}` : null;
    default:
      return null;
  }
}

async function askForMany(
  turn: Turn,
  tool: string,
  verb: string,
  tasks: readonly Reference[],
  more: Readonly<Record<string, unknown>>,
): Promise<void> {
  const text = `${verb} ${tasks.length === 1 ? 'this task' : `these ${tasks.length} tasks`}?`;
  await turn.tools.askFirst(tool, { ids: tasks.map(({ id }) => id), ...more }, text, tasks);
  turn.say(`${text} Nothing changes until you say yes.`);
}
