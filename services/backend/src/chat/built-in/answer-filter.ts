// Answers about filters: the tasks of one, and which are saved. The language is that of the API.
import { z } from 'zod';
import { parseFilter } from '../../filters/parse-filter.ts';
import { taskView } from '../../tools/task-view.ts';
import type { Turn } from '../chat-engine.ts';
import { parseContext } from './find-tasks.ts';
import { lineOf, quote, shown } from './sentences.ts';

/** Lines of a list in the text of an answer; the card has more. */
const MAX_LINES = 20;
/** Tasks on a card. */
const MAX_SHOWN = 50;

const page = z.object({
  tasks: z.array(taskView),
  nextCursor: z.string().nullable(),
});

/** Words of a question that are a filter in the language's own signs: "#home & !high | no date". */
export async function signedFilter(turn: Turn, words: string): Promise<string | undefined> {
  const text = words.replace(/^(?:(?:all|my|the)\s+)*(?:tasks?\s+)?(?=\S)/i, '');
  if (!/[&|()]|(?:^|\s)(?:!\p{L}|\+\S|not\s)/u.test(text)) return undefined;
  const { context } = turn;
  const lists = await context.lists.all(context);
  return 'expression' in parseFilter(text, { ...parseContext(turn), lists }) ? text : undefined;
}

/** Answers the tasks of a saved filter by its name, or of a filter as it is written. */
export async function answerFilter(turn: Turn, words: string): Promise<void> {
  const { context } = turn;
  const filters = await context.filters.all(context);
  const wanted = words.trim().toLowerCase();
  const saved = filters.find(({ name }) => name.trim().toLowerCase() === wanted);
  if (!saved) {
    const lists = await context.lists.all(context);
    const read = parseFilter(words, { ...parseContext(turn), lists });
    if ('error' in read) {
      declineFilter(
        turn,
        words,
        filters.map(({ name }) => name),
        read.error.message,
      );
      return;
    }
  }
  const asked = saved ? { savedFilter: saved.name } : { filter: words };
  const { tasks, nextCursor } = page.parse(
    await turn.tools.run('list_tasks', { ...asked, limit: MAX_SHOWN }),
  );
  const label = saved ? `in the filter ${quote(saved.name)}` : `matching ${shown(words)}`;
  if (tasks.length === 0) {
    turn.say(`No tasks ${label}.`);
    return;
  }
  const more = nextCursor !== null;
  turn.say(
    `${more ? `More than ${tasks.length}` : tasks.length} task${tasks.length === 1 && !more ? '' : 's'} ${label}:`,
  );
  tasks.slice(0, MAX_LINES).forEach((task, index) => {
    turn.say(`\n${index + 1}. ${lineOf(task, turn)}`);
  });
  if (tasks.length > MAX_LINES) turn.say(`\n… and ${tasks.length - MAX_LINES} more below.`);
}

function declineFilter(turn: Turn, words: string, names: readonly string[], why: string): void {
  const there =
    names.length === 0 ? 'No filter is saved yet.' : `There are ${names.map(quote).join(', ')}.`;
  turn.ask({
    text: `I have no filter named ${quote(words)}. ${there} As a filter by itself I can’t read it: ${why}.`,
    choices: names.slice(0, 5).map((name) => ({
      label: `Show ${shown(name)}`,
      send: `show my filter ${name}`,
    })),
  });
}

/** Says which filters there are. */
export async function answerFilters(turn: Turn): Promise<void> {
  const filters = await turn.context.filters.all(turn.context);
  turn.say(
    filters.length === 0
      ? 'No filter is saved yet.'
      : filters.map(({ name, filter }) => `• ${shown(name)}: ${shown(filter)}`).join('\n'),
  );
}
