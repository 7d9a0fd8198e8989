// Adding in words: one task, several, into a list that is named. A list that is not there is offered, not guessed.
import { z } from 'zod';
import { findDates } from '../../quick-add/date-phrase.ts';
import { describeDue, describeRecurrence } from '../../quick-add/describe.ts';
import { understand } from '../../quick-add/understand.ts';
import type { Understanding } from '../../quick-add/understand.ts';
import type { TaskList } from '../../lists/lists.ts';
import { taskView } from '../../tools/task-view.ts';
import type { Turn } from '../chat-engine.ts';
import { dueFields } from './change-words.ts';
import { parseContext } from './find-tasks.ts';
import { quote, shown } from './sentences.ts';
import { readItems } from './several.ts';
import { listIn } from './task-filter.ts';

/** Verbs of going: "drive to work" names no list. */
const GOING =
  /^(?:drive|go|walk|cycle|commute|ride|run|get|come|travel|return|fly|move|head|way|back|talk|speak|listen|write|reply|respond)\b/i;
/** What names no task. */
const NO_TITLE =
  /^(?:(?:a|an|the|new|another)\s+)*(?:task|todo|something)?$|^remind\s+me\s+(?:to|of|about)$/i;
const oneTask = z.object({ task: taskView });

/** Adds what the words name. */
export async function add(turn: Turn, text: string): Promise<void> {
  const { context } = turn;
  const lists = await context.lists.all(context);
  const { what, list, missing } = readPlace(cleaned(text), lists, turn);
  const items = readItems(what, missing !== undefined);
  if (missing !== undefined) {
    offerList(turn, missing, items ?? [what]);
    return;
  }
  const reads = sharedDue(items ?? [what], turn).map((one) => readLine(turn, one, lists));
  if (reads.some(({ task }) => NO_TITLE.test(task.title))) {
    turn.ask({
      text: 'What should I add? Try, for example: add water the plants tomorrow.',
      choices: [],
    });
    return;
  }
  const [first] = reads;
  if (reads.length === 1 && first) await addOne(turn, first, list);
  else await addSeveral(turn, reads, list);
  turn.remember({ recent: 'order', order: 'add %' });
}

/** "remind me to …" without a date is a task without a reminder, and a hint. */
function readLine(turn: Turn, text: string, lists: readonly TaskList[]): Understanding {
  const read = understand({ text, ignore: [] }, parseContext(turn), lists);
  const asked = /^remind\s+me\s+(?:to|of|about)\s+(?=\S)/i.exec(read.task.title)?.[0];
  return asked === undefined
    ? read
    : { ...read, task: { ...read.task, title: read.task.title.slice(asked.length) } };
}

async function addOne(turn: Turn, read: Understanding, list: TaskList | undefined): Promise<void> {
  const { task } = oneTask.parse(await turn.tools.run('add_task', fieldsOf(read, list)));
  const { due, recurrence } = read.task;
  const where = list ?? read.list;
  turn.say(
    [
      `Added ${quote(task.title)}`,
      due === null ? '' : `, due ${describeDue(due, turn.context)}`,
      recurrence === null ? '' : `, repeats ${describeRecurrence(recurrence)}`,
      where ? `, in ${shown(where.name)}` : '',
      '.',
      ...read.hints.map((hint) => ` ${hint}`),
    ].join(''),
  );
}

async function addSeveral(
  turn: Turn,
  reads: readonly Understanding[],
  list: TaskList | undefined,
): Promise<void> {
  await turn.tools.run('add_tasks', { tasks: reads.map((read) => fieldsOf(read, list)) });
  const titles = reads.map(({ task }) => quote(task.title)).join(', ');
  turn.say(
    `Added ${reads.length} tasks: ${titles}${list ? `, in ${shown(list.name)}` : ''}. Say “undo” to take all of them back.`,
  );
}

/** Makes a list. */
export async function addList(turn: Turn, name: string): Promise<void> {
  const { list } = z
    .object({ list: z.object({ name: z.string() }) })
    .parse(await turn.tools.run('add_list', { name }));
  turn.say(`The list ${quote(list.name)} is there.`);
}

/** Asks whether to make a list that is named but not there. */
function offerList(turn: Turn, name: string, items: readonly string[]): void {
  const named = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
  const titles = items.map(quote).join(', ');
  turn.ask({
    text: `There is no list ${quote(named)}. Shall I make it and add ${titles}?`,
    choices: [
      { label: 'Yes, make the list', send: 'yes' },
      {
        label: 'Add without a list',
        send: items.length === 1 ? `add ${items[0] ?? ''}` : `add\n${items.join('\n')}`,
      },
      { label: 'No', send: 'no' },
    ],
  });
  const body = items.length === 1 ? (items[0] ?? '') : `\n${items.join('\n')}`;
  turn.remember({
    recent: 'order',
    order: 'add %',
    offer: { what: body, yes: [`make a list called ${named}`, `add to ${named}: ${body}`] },
  });
}

function fieldsOf({ task }: Understanding, list: TaskList | undefined): Record<string, unknown> {
  const { title, notes, due, recurrence, reminders, tags, priority, listId } = task;
  const listed = list?.id ?? listId;
  return {
    title,
    ...(notes === '' ? {} : { notes }),
    ...(due === null ? {} : dueFields(due)),
    ...(recurrence === null ? {} : { repeat: recurrence.rule, repeatFrom: recurrence.from }),
    reminders: reminders.map((reminder) => ('before' in reminder ? reminder.before : reminder.at)),
    tags,
    priority,
    ...(listed === null ? {} : { list: listed }),
  };
}

function cleaned(text: string): string {
  return text
    .trim()
    .replace(/^(?:—|–|-)\s+(?!.*\n)/, '')
    .replace(/[\s,]+please[\s.!]*$/i, '')
    .replace(/^for\s+(?=\p{L}+ing\b)/iu, '')
    .replace(/^['‘](.+)['’](?=\s|$)/, '$1')
    .replace(/\s+(?:with\s+(?:a\s+)?)?(high|medium|low)\s+priority\s*[.!]?$/i, ' !$1');
}

/** Which list the words name: at their end, before a date, or first ("to Work: …", "to Work called …"). */
function readPlace(
  text: string,
  lists: readonly TaskList[],
  turn: Turn,
): { what: string; list?: TaskList; missing?: string } {
  const leading =
    /^(?:(?:to|in)\s+)?(?:my\s+|the\s+)?(.+?)(?:\s+list)?\s*(?:\bcalled\b|\bnamed\b|(?<=^(?:to|in)\s.*):)\s*([^]+)$/i.exec(
      text,
    );
  const first = leading?.[1] === undefined ? undefined : byName(lists, leading[1]);
  if (first && leading?.[2] !== undefined) return { what: leading[2].trim(), list: first };
  const tail =
    /^([^]+?)\s+(?:to|on|onto|in|into)\s+(?:my|the|our)\s+(?:(?:todo|to-do|task)\s+)?(?:(\p{L}[\p{L}\p{N} _-]{0,60}?)\s+)?(?:lists?|tasks|todos)\b\s*(.*)$/iu.exec(
      text,
    );
  if (tail?.[1] !== undefined && isRest(tail[3] ?? '', turn)) {
    const what = [tail[1], tail[3]].filter(Boolean).join(' ');
    if (tail[2] === undefined) return { what };
    const list = byName(lists, tail[2]);
    return list ? { what, list } : { what, missing: tail[2] };
  }
  const named = listIn(text, lists);
  if (!named || !/^(?:to|on|in|into)\s/i.test(named.match[0])) return { what: text };
  const before = text.slice(0, named.match.index).trim();
  const after = text.slice(named.match.index + named.match[0].length).trim();
  return before === '' ||
    GOING.test(before.split(/\s+/).at(-1) ?? '') ||
    GOING.test(before) ||
    !isRest(after, turn)
    ? { what: text }
    : { what: `${before} ${after}`.trim(), list: named.list };
}

function byName(lists: readonly TaskList[], name: string): TaskList | undefined {
  return lists.find((list) => list.name.trim().toLowerCase() === name.trim().toLowerCase());
}

/** Nothing, marks, or words that say when. */
function isRest(text: string, turn: Turn): boolean {
  if (text === '' || /^[#!]/.test(text)) return true;
  const [date] = findDates(text, parseContext(turn));
  return date !== undefined && /^(?:for|on|by|at)?\s*$/i.test(text.slice(0, date.start));
}

/** "wash the car, mow the lawn saturday": a day behind the last thing is the day of all. */
function sharedDue(items: readonly string[], turn: Turn): readonly string[] {
  const last = items.at(-1);
  if (items.length < 2 || last === undefined) return items;
  const dates = items.map((item) => findDates(item, parseContext(turn)));
  const date = dates.at(-1)?.[0];
  if (!date || dates.slice(0, -1).some((found) => found.length > 0)) return items;
  const tail = last.slice(date.start);
  return [...items.slice(0, -1).map((item) => `${item} ${tail}`), last];
}
