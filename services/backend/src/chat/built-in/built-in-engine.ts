// The engine that needs nothing but itself: it reads a message by rules, finds the tasks meant, and calls the same tools as
// a model would. When two tasks fit it asks which; when the words fit no command it asks what was meant.
import { Problem } from '@todo/contracts/problem';
import { z } from 'zod';
import { describeDue, describeRecurrence } from '../../quick-add/describe.ts';
import { understand } from '../../quick-add/understand.ts';
import { taskView } from '../../tools/task-view.ts';
import { problemText } from '../../tools/tool.ts';
import type { ChatEngine, Turn } from '../chat-engine.ts';
import type { Reference } from '../conversation.ts';
import { changesOf, dueFields, isSameForAll } from './change-words.ts';
import { readCommand } from './command.ts';
import type { Change, Command } from './command-shape.ts';
import { parseContext } from './find-tasks.ts';
import { readQuestion } from './list-question.ts';
import { askWhatWasMeant, askWhen, withTasks } from './questions.ts';
import { lineOf, names, quote, sentenceOf, shown } from './sentences.ts';

/** Lines of a list in the text of an answer; the card has more. */
const MAX_LINES = 20;

const HELP = `I can manage your tasks. Try, for example:
• add pay rent every month on the 1st at 9am #home !high remind me a day before
• what's due this week? · show my #home tasks · find dentist
• done with the rent · move it to friday · postpone the second one by a week
• rename milk to oat milk · make it high priority · delete the dentist · undo`;

const oneTask = z.object({ task: taskView });

const page = z.object({ tasks: z.array(taskView), nextCursor: z.string().nullable() });

/** Makes the engine. */
export function builtInEngine(): ChatEngine {
  return {
    name: 'built-in',
    answer: async (turn) => {
      try {
        const orders = ordersOf(turn.text);
        if (orders.length < 2) await obey(turn, commandOf(turn));
        for (const [index, text] of orders.length < 2 ? [] : orders.entries()) {
          if (index > 0) turn.say(' ');
          await obey({ ...turn, text }, readCommand(text));
        }
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        turn.say(problemText(error));
      }
    },
  };
}

/** "move it to friday and make it high priority": several orders, when each part is one by itself; else none. */
function ordersOf(text: string): string[] {
  const parts = text.split(/\s*(?:,\s*)?\b(?:and then|and|then)\s+/i).filter((part) => part !== '');
  const orders = ['complete', 'reopen', 'delete', 'update'];
  return parts.every((part) => orders.includes(readCommand(part).kind)) ? parts : [];
}

/** The command, completed by what was asked before: "the second one" answers "which one?". */
function commandOf(turn: Turn): Command {
  const command = readCommand(turn.text);
  const { pending } = turn.memory;
  if (pending === null) return command;
  if (command.kind === 'pick') return readCommand(pending.replace('%', () => command.target));
  if (command.kind !== 'unknown' || turn.memory.shown.length === 0) return command;
  const words = command.text.toLowerCase();
  const answers = turn.memory.shown.some(({ title }) => title.toLowerCase().includes(words));
  return answers ? readCommand(pending.replace('%', () => command.text)) : command;
}

async function obey(turn: Turn, command: Command): Promise<void> {
  switch (command.kind) {
    case 'help':
      turn.say(HELP);
      return;
    case 'thanks':
      turn.say('You are welcome.');
      return;
    case 'yes':
    case 'no':
      turn.say('No question is waiting for an answer.');
      return;
    case 'undo':
      await undo(turn);
      return;
    case 'add':
      await add(turn, command.text);
      return;
    case 'list':
      await list(turn, command.words, command.count);
      return;
    case 'pick':
      await withTasks(turn, command.target, 'open', async (tasks) => {
        for (const { id } of tasks.slice(0, 3)) await turn.tools.run('get_task', { id });
        turn.say(tasks.map(({ title }) => quote(title)).join(', '));
      });
      return;
    case 'complete':
      await complete(turn, command.target);
      return;
    case 'reopen':
      await withTasks(turn, command.target, 'done', async (tasks) => {
        for (const { id } of tasks) await turn.tools.run('reopen_task', { id });
        turn.say(`Open again: ${names(tasks)}.`);
      });
      return;
    case 'delete':
      await remove(turn, command.target);
      return;
    case 'update':
      await update(turn, command.target, command.change);
      return;
    case 'unknown':
      askWhatWasMeant(turn, command.text);
  }
}

async function add(turn: Turn, text: string): Promise<void> {
  const { context } = turn;
  const read = understand(
    { text, ignore: [] },
    parseContext(turn),
    await context.lists.all(context),
  );
  const { title, notes, due, recurrence, reminders, tags, priority, listId } = read.task;
  if (title === '') {
    turn.ask({
      text: 'What should I add? Try, for example: add water the plants tomorrow.',
      choices: [],
    });
    return;
  }
  const { task } = oneTask.parse(
    await turn.tools.run('add_task', {
      title,
      ...(notes === '' ? {} : { notes }),
      ...(due === null ? {} : dueFields(due)),
      ...(recurrence === null ? {} : { repeat: recurrence.rule, repeatFrom: recurrence.from }),
      reminders: reminders.map((reminder) =>
        'before' in reminder ? reminder.before : reminder.at,
      ),
      tags,
      priority,
      ...(listId === null ? {} : { list: listId }),
    }),
  );
  const said = [
    `Added ${quote(task.title)}`,
    due === null ? '' : `, due ${describeDue(due, context)}`,
    recurrence === null ? '' : `, repeats ${describeRecurrence(recurrence)}`,
    read.list ? `, in ${shown(read.list.name)}` : '',
    '.',
    ...read.hints.map((hint) => ` ${hint}`),
  ];
  turn.say(said.join(''));
}

async function list(turn: Turn, words: string, count: boolean): Promise<void> {
  const { context } = turn;
  const question = readQuestion(words, parseContext(turn), await context.lists.all(context));
  if (question.tool === 'list_lists') {
    const { lists } = z
      .object({ lists: z.array(z.object({ name: z.string() })) })
      .parse(await turn.tools.run('list_lists', {}));
    turn.say(
      lists.length === 0
        ? 'You have no lists.'
        : lists.map(({ name }) => `• ${shown(name)}`).join('\n'),
    );
    return;
  }
  const { tasks, nextCursor } = page.parse(
    await turn.tools.run(question.tool, { ...question.input, limit: count ? 200 : 50 }),
  );
  const what = `task${tasks.length === 1 && nextCursor === null ? '' : 's'}${question.label === '' ? '' : ` ${question.label}`}`;
  if (tasks.length === 0) {
    turn.say(`No tasks${question.label === '' ? '' : ` ${question.label}`}.`);
    return;
  }
  const number = nextCursor === null ? String(tasks.length) : `More than ${tasks.length}`;
  if (count) {
    turn.say(`${number} ${what}.`);
    return;
  }
  turn.say(`${number} ${what}:`);
  tasks.slice(0, MAX_LINES).forEach((task, index) => {
    turn.say(`\n${index + 1}. ${lineOf(task, turn)}`);
  });
  if (tasks.length > MAX_LINES) turn.say(`\n… and ${tasks.length - MAX_LINES} more below.`);
}

async function complete(turn: Turn, target: string): Promise<void> {
  await withTasks(turn, target, 'open', async (tasks, several) => {
    const [first] = tasks;
    if (!several && first) {
      const { task } = oneTask.parse(await turn.tools.run('complete_task', { id: first.id }));
      const next =
        task.repeat === null ? '' : ' It repeats, so the next one is added automatically.';
      turn.say(`Done: ${quote(task.title)}.${next}`);
      return;
    }
    await askForMany(turn, 'complete_tasks', 'Complete', tasks, {});
  });
}

async function remove(turn: Turn, target: string): Promise<void> {
  await withTasks(turn, target, 'open', async (tasks, several) => {
    const [first] = tasks;
    if (!several && first) {
      await turn.tools.run('delete_task', { id: first.id });
      turn.say(`Deleted ${quote(first.title)}. Say “undo” to bring it back.`);
      return;
    }
    await askForMany(turn, 'delete_tasks', 'Delete', tasks, {});
  });
}

async function update(turn: Turn, target: string, change: Change): Promise<void> {
  await withTasks(turn, target, 'open', async (tasks, several) => {
    const [first] = tasks;
    if (!first) return;
    if (several && !isSameForAll(change)) {
      turn.say('I can make this change to only one task at a time. Name one task.');
      return;
    }
    const { task } = oneTask.parse(await turn.tools.look('get_task', { id: first.id }));
    const sample = several ? { ...task, due: null, dueZone: null } : task;
    const changes = changesOf(change, sample, parseContext(turn));
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

async function undo(turn: Turn): Promise<void> {
  const label = await turn.tools.undo();
  turn.say(label === undefined ? 'There is nothing to undo.' : `Undone: ${label}.`);
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
