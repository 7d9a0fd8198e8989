// Answers to questions: tasks of a filter, how many, one task, what comes first. A question that is not understood is never
// answered like a fact: the engine says so, and asks whether the nearest reading was meant.
import { z } from 'zod';
import { describeDue, describeLocal } from '../../quick-add/describe.ts';
import { localTime } from '@todo/contracts/due';
import { taskView, viewNow } from '../../tools/task-view.ts';
import type { TaskView } from '../../tools/task-view.ts';
import type { Turn } from '../chat-engine.ts';
import { dueOf } from './change-words.ts';
import type { Command } from './command-shape.ts';
import { fetchTasks } from './fetch-tasks.ts';
import { answerFilter, signedFilter } from './answer-filter.ts';
import { parseContext } from './find-tasks.ts';
import { readFilters } from './follow-up.ts';
import { withTasks } from './questions.ts';
import { lineOf, quote, shown } from './sentences.ts';
import { isEmpty, labelOf, readFilter } from './task-filter.ts';
import type { TaskFilter } from './task-filter.ts';

/** Lines of a list in the text of an answer; the card has more. */
const MAX_LINES = 20;
/** Tasks on a card. */
const MAX_SHOWN = 50;

const page = z.object({ tasks: z.array(taskView), nextCursor: z.string().nullable() });
const oneTask = z.object({ task: taskView });

/** Answers what is there, or how many. */
export async function answerList(
  turn: Turn,
  { words, mode }: Extract<Command, { kind: 'list' }>,
): Promise<void> {
  if (mode === 'find') {
    await find(turn, words);
    return;
  }
  const { context } = turn;
  const signed = mode === 'show' ? await signedFilter(turn, words) : undefined;
  if (signed !== undefined) {
    await answerFilter(turn, signed);
    return;
  }
  const lists = await context.lists.all(context);
  const parts = words.split('\n');
  const now = parseContext(turn);
  const { unread } = readFilter(parts[0] ?? '', now, lists);
  const filter = readFilters(parts, now, lists);
  const fetched = await fetchTasks(turn, filter, unread);
  if (unread !== '' && fetched.tasks.length === 0) {
    declineQuestion(turn, filter, unread);
    return;
  }
  turn.remember({ recent: 'question', asked: { words: parts, mode } });
  const label = [unread === '' ? '' : `with ${quote(unread)}`, labelOf(filter)]
    .filter((part) => part !== '')
    .join(' ');
  const { tasks, more } = fetched;
  turn.tools.shown(tasks);
  if (mode === 'count') {
    count(turn, filter, tasks, more, label);
    return;
  }
  if (tasks.length > 0)
    turn.tools.show('list_tasks', tasks.slice(0, MAX_SHOWN), more || tasks.length > MAX_SHOWN);
  sayList(turn, tasks, more, label);
}

/** Tasks that have the words, as they were asked for. */
async function find(turn: Turn, words: string): Promise<void> {
  const query = words
    .replace(/^(?:the|my|a|an|all|tasks?)\s+(?=\S)/i, '')
    .replace(/["“”]/g, '"')
    .trim();
  if (query === '') {
    turn.ask({ text: 'What should I look for? Give a word of the title.', choices: [] });
    return;
  }
  const { tasks, nextCursor } = page.parse(
    await turn.tools.run('search_tasks', { query: query.slice(0, 200), limit: MAX_SHOWN }),
  );
  sayList(turn, tasks, nextCursor !== null, `with ${quote(query.replaceAll('"', ''))}`);
}

function sayList(turn: Turn, tasks: readonly TaskView[], more: boolean, label: string): void {
  if (tasks.length === 0) {
    turn.say(`No tasks${label === '' ? '' : ` ${label}`}.`);
    return;
  }
  turn.say(`${numberOf(tasks.length, more, label)}:`);
  tasks.slice(0, MAX_LINES).forEach((task, index) => {
    turn.say(`\n${index + 1}. ${lineOf(task, turn)}`);
  });
  if (tasks.length > MAX_LINES) turn.say(`\n… and ${tasks.length - MAX_LINES} more below.`);
}

/** How many: what is due in the days that were named, and beside it what is overdue from before. */
function count(
  turn: Turn,
  filter: TaskFilter,
  tasks: readonly TaskView[],
  more: boolean,
  label: string,
): void {
  const first = filter.done ? undefined : filter.span?.first;
  const late = first === undefined ? [] : tasks.filter(({ due }) => due !== null && due < first);
  const rest = tasks.length - late.length;
  const said =
    rest === 0 && !more
      ? `No tasks${label === '' ? '' : ` ${label}`}`
      : numberOf(rest, more, label);
  const open = isEmpty(filter) && !more ? ' that are open' : '';
  turn.say(`${said}${open}${late.length > 0 ? `, and ${late.length} overdue from before` : ''}.`);
}

function numberOf(many: number, more: boolean, label: string): string {
  const number = more ? `More than ${many}` : String(many);
  return `${number} task${many === 1 && !more ? '' : 's'}${label === '' ? '' : ` ${label}`}`;
}

/** Says that a question was not understood, and asks whether what was understood of it is meant. */
function declineQuestion(turn: Turn, filter: TaskFilter, unread: string): void {
  const label = labelOf(filter);
  turn.say(
    `I don’t know what ${quote(unread)} means here, and no task has ${unread.includes(' ') ? 'these words' : 'this word'}. I can answer questions about your tasks: what is due, overdue, done, without a date, in a list, or how many.`,
  );
  turn.ask({
    text: isEmpty(filter) ? 'Do you want to see your tasks?' : `Do you mean: show tasks ${label}?`,
    choices: [
      isEmpty(filter)
        ? { label: 'Show my tasks', send: 'show my tasks' }
        : { label: `Show tasks ${label}`, send: `show tasks ${sendOf(filter)}` },
      { label: 'What can you do?', send: 'help' },
    ],
  });
  turn.remember({
    offer: { yes: [`show tasks ${isEmpty(filter) ? '' : sendOf(filter)}`.trim()] },
  });
}

/** A filter as words that read as this filter. */
function sendOf(filter: TaskFilter): string {
  return [
    filter.tag === undefined ? '' : `#${filter.tag}`,
    filter.priority === undefined ? '' : `${filter.priority} priority`,
    filter.list ? `in ${filter.list.name}` : '',
    filter.undated ? 'without a date' : '',
    filter.repeating ? 'repeating' : '',
    filter.done ? 'done' : '',
    filter.overdue ? 'overdue' : '',
    filter.span?.label ?? '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** Answers a question about one task. */
export async function answerAbout(
  turn: Turn,
  { target, aspect }: Extract<Command, { kind: 'about' }>,
): Promise<void> {
  const status = aspect === 'when-done' || aspect === 'state' ? 'either' : 'open';
  await withTasks(turn, target, status, async (tasks) => {
    for (const { id } of tasks.slice(0, 3)) {
      const { task } = oneTask.parse(await turn.tools.run('get_task', { id }));
      turn.say(`${factOf(task, aspect, turn)} `);
    }
    turn.remember({ recent: 'order', order: ORDER_OF[aspect] });
  });
}

const ORDER_OF = {
  when: 'when is %',
  'when-done': 'when did I %',
  state: 'did I %',
  list: 'which list is % in',
} as const;

function factOf(
  task: TaskView,
  aspect: 'when' | 'when-done' | 'state' | 'list',
  turn: Turn,
): string {
  const title = quote(task.title);
  if (aspect === 'list')
    return task.list ? `${title} is in ${shown(task.list.name)}.` : `${title} is in no list.`;
  if (task.status === 'done') {
    const local = localTime(new Date(task.completedAt ?? 0), turn.context.zone).slice(0, 16);
    return `${title} is done, since ${describeLocal(local, turn.context.locale)}.`;
  }
  const due = dueOf(task);
  const when =
    due === null
      ? 'has no date'
      : `is due ${describeDue(due, turn.context)}${task.overdue ? ', so it is overdue' : ''}`;
  return aspect === 'when' ? `${title} ${when}.` : `${title} is still open and ${when}.`;
}

/** Says what comes first. */
export async function answerNext(turn: Turn, overdueToo: boolean): Promise<void> {
  const { tasks } = await fetchTasks(turn, {});
  const next = tasks.find(({ overdue, due }) => due !== null && (overdueToo || !overdue));
  if (!next) {
    turn.say(tasks.length === 0 ? 'No open tasks.' : 'No open task has a date that is ahead.');
    return;
  }
  turn.tools.show('list_tasks', [next], false);
  turn.say(`Next is ${lineOf(next, turn)}.`);
}

/** Says how the week is. */
export async function answerSummary(turn: Turn): Promise<void> {
  const { context } = turn;
  const lists = await context.lists.all(context);
  const now = parseContext(turn);
  const week = (words: string): ReturnType<typeof fetchTasks> =>
    fetchTasks(turn, readFilter(words, now, lists).filter);
  const [due, done] = [await week('this week'), await week('done this week')];
  const late = due.tasks.filter(({ overdue }) => overdue).length;
  if (due.tasks.length > 0) turn.tools.show('list_tasks', due.tasks.slice(0, MAX_SHOWN), due.more);
  const count = (many: number, more: boolean): string => `${more ? 'more than ' : ''}${many}`;
  turn.say(
    `This week: ${count(due.tasks.length - late, due.more)} to do, ${late} overdue, ${count(done.tasks.length, done.more)} done.`,
  );
}

/** Says which lists there are. */
export async function answerLists(turn: Turn, count: boolean): Promise<void> {
  const { lists } = z
    .object({ lists: z.array(z.object({ name: z.string() })) })
    .parse(await turn.tools.run('list_lists', {}));
  if (lists.length === 0) turn.say('You have no lists.');
  else if (count) turn.say(`${lists.length} ${lists.length === 1 ? 'list' : 'lists'}.`);
  else turn.say(lists.map(({ name }) => `• ${shown(name)}`).join('\n'));
}

/** Says which day it is, and the time. */
export function answerNow(turn: Turn): void {
  const { date, weekday, time, zone } = viewNow(turn.context);
  turn.say(`It is ${weekday} ${date}, ${time} (${zone}).`);
}
