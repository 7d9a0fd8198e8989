// The engine that needs nothing but itself: it reads a message by rules, finds the tasks meant, and calls the same tools as
// a model would. When two tasks fit it asks which; when the words fit no command it asks what was meant.
//
//   its own offer is answered ──> what was offered
//   goes on from what was said ("and friday?", "no, at 5") ──> the command that it stands for
//   several orders in one line ──> each
//   one command; else the same with slips of the fingers corrected; else it says that it did not understand
import { Problem } from '@todo/contracts/problem';
import { problemText } from '../../tools/tool.ts';
import type { TaskList } from '../../lists/lists.ts';
import type { ChatEngine, Turn } from '../chat-engine.ts';
import { add, addList } from './adding.ts';
import {
  answerAbout,
  answerList,
  answerLists,
  answerNext,
  answerNow,
  answerSummary,
} from './answering.ts';
import { complete, completeSaid, remove, reopen, update } from './changing.ts';
import { readCommand } from './command.ts';
import type { Command } from './command-shape.ts';
import { answerFilter, answerFilters } from './answer-filter.ts';
import { fetchTasks } from './fetch-tasks.ts';
import { findTasks, parseContext } from './find-tasks.ts';
import { readFollowUp } from './follow-up.ts';
import { askAboutTask, askWhatWasMeant, withTasks } from './questions.ts';
import { restore, showTrash } from './restoring.ts';
import { quote } from './sentences.ts';
import { readOrders } from './several.ts';
import { withoutTypos } from './typos.ts';

const HELP = `I can manage your tasks. Try, for example:
• add pay rent every month on the 1st at 9am #home !high remind me a day before
• add milk, eggs and bread to my shopping list
• what's due this week? · how many are overdue? · what did I finish this week? · tasks without a date
• when is the dentist? · show my #home tasks · find dentist
• done with the rent · move it to friday · postpone the second one by a week
• rename milk to oat milk · make it high priority · delete the dentist · restore the dentist · undo`;

/** "no, put it in home": another place for what was offered to be added. */
const ELSEWHERE =
  /^(?:no[\s,]+)?(?:(?:put|add)\s+(?:it|them|that|those)\s+)?(?:to|in|into|on)\s+(?:the\s+|my\s+)?(.+?)(?:\s+list)?[.!]?$/i;

/** Makes the engine. */
export function builtInEngine(): ChatEngine {
  return {
    name: 'built-in',
    answer: async (turn) => {
      try {
        await answer(turn);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        turn.say(problemText(error));
      }
    },
  };
}

/** What is done although a word of it was corrected: it changes nothing, or only takes back. */
const SAFE_UNASKED: readonly Command['kind'][] = [
  'list',
  'lists',
  'filter',
  'filters',
  'about',
  'next',
  'summary',
  'trash',
  'emptyTrash',
  'now',
  'help',
  'thanks',
  'talk',
  'undo',
];

async function answer(turn: Turn): Promise<void> {
  const said = readCommand(turn.text);
  const { offer } = turn.memory;
  if (offer && said.kind === 'no') {
    turn.say('OK, I changed nothing.');
    return;
  }
  if (offer && said.kind === 'yes') {
    await obeyAll(
      turn,
      offer.yes.map((text) => [text, readCommand(text)]),
    );
    return;
  }
  const elsewhere = offer?.what === undefined ? undefined : ELSEWHERE.exec(turn.text)?.[1];
  if (offer?.what !== undefined && elsewhere !== undefined) {
    await add(turn, `to ${elsewhere}: ${offer.what}`);
    return;
  }
  const commands = await readTurn(turn, turn.text);
  if (commands[0]?.kind !== 'unknown') {
    await obeyAll(
      turn,
      commands.map((command) => [turn.text, command]),
    );
    return;
  }
  const corrected = withoutTypos(turn.text);
  const again = corrected === undefined ? [] : await readTurn(turn, corrected);
  if (corrected === undefined || again.length === 0 || again[0]?.kind === 'unknown') {
    await askUnknown(turn);
    return;
  }
  if (!again.every(({ kind }) => SAFE_UNASKED.includes(kind))) {
    turn.ask({
      text: `Do you mean ${quote(corrected)}?`,
      choices: [{ label: `Yes: ${corrected}`, send: corrected }],
    });
    turn.remember({ offer: { yes: [corrected] } });
    return;
  }
  await obeyAll(
    turn,
    again.map((command) => [corrected, command]),
  );
}

/** Says that a message was not understood; words that one task has are asked about that task. */
async function askUnknown(turn: Turn): Promise<void> {
  const { tasks } = await fetchTasks(turn, {}, turn.text);
  const [task] = tasks;
  if (task && tasks.length === 1) askAboutTask(turn, task);
  else askWhatWasMeant(turn, turn.text);
}

async function obeyAll(
  turn: Turn,
  commands: readonly (readonly [string, Command])[],
): Promise<void> {
  for (const [index, [text, command]] of commands.entries()) {
    if (index > 0) turn.say(' ');
    await obey({ ...turn, text }, command);
  }
}

/** What a message asks for: as an answer to "which one?", as going on, as several orders, or by itself. */
async function readTurn(turn: Turn, text: string): Promise<Command[]> {
  const { memory, context } = turn;
  const command = readCommand(text);
  const { pending } = memory;
  if (pending !== null) {
    if (command.kind === 'pick') return [readCommand(pending.replace('%', () => command.target))];
    if (command.kind === 'no') return [{ kind: 'talk', reply: 'OK, I changed nothing.' }];
    const words = text
      .toLowerCase()
      .replace(/^(?:the|my)\s+/, '')
      .replace(/[.!?]+$/, '');
    if (
      command.kind === 'unknown' &&
      memory.shown.some(({ title }) => title.toLowerCase().includes(words))
    )
      return [readCommand(pending.replace('%', () => text))];
  }
  const now = parseContext(turn);
  const lists = await context.lists.all(context);
  const following = readFollowUp(text, { memory, context: now, lists });
  if (following) return [following];
  return readOrders(text, now) ?? [command];
}

async function obey(turn: Turn, command: Command): Promise<void> {
  switch (command.kind) {
    case 'help':
      turn.say(HELP);
      return;
    case 'thanks':
      turn.say('You are welcome.');
      return;
    case 'talk':
      turn.say(command.reply);
      return;
    case 'now':
      answerNow(turn);
      return;
    case 'yes':
    case 'no':
      turn.say('No question is waiting for an answer.');
      return;
    case 'undo':
      await undo(turn);
      return;
    case 'redo':
      turn.ask({
        text: 'I can’t redo what was undone. What should I do instead?',
        choices: [{ label: 'What can you do?', send: 'help' }],
      });
      return;
    case 'add':
      await add(turn, command.text);
      return;
    case 'put':
      await put(turn, command.what, command.where);
      return;
    case 'addList':
      await addList(turn, command.name);
      return;
    case 'list':
      await answerList(turn, command);
      return;
    case 'lists':
      await answerLists(turn, command.count);
      return;
    case 'filter':
      await answerFilter(turn, command.words);
      return;
    case 'filters':
      await answerFilters(turn);
      return;
    case 'about':
      await answerAbout(turn, command);
      return;
    case 'next':
      await answerNext(turn, command.overdueToo);
      return;
    case 'summary':
      await answerSummary(turn);
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
    case 'did':
      await completeSaid(turn, command);
      return;
    case 'reopen':
      await reopen(turn, command.target);
      return;
    case 'delete':
      await remove(turn, command.target);
      return;
    case 'restore':
      await restore(turn, command.target);
      return;
    case 'trash':
      await showTrash(turn);
      return;
    case 'emptyTrash':
      turn.say('I never erase anything for good. You can: open Trash in the menu and empty it.');
      return;
    case 'update':
      await update(turn, command.target, command.change);
      return;
    case 'unknown':
      askWhatWasMeant(turn, command.text);
  }
}

/** "put … in …": moves a task that is there, into a list or to a day; else adds one. */
async function put(turn: Turn, what: string, where: string): Promise<void> {
  const { context } = turn;
  const wanted = where.trim().toLowerCase();
  const list: TaskList | undefined = (await context.lists.all(context)).find(
    ({ name }) => name.trim().toLowerCase() === wanted,
  );
  const found = await findTasks(turn, what, 'open');
  const there =
    found.kind === 'these' || (found.kind === 'nothing-said' && /^(?:it|that)$/i.test(what));
  if (list && there) await update(turn, what, { kind: 'list', name: list.id });
  else if (list) await add(turn, `${what} to ${list.name}`);
  else if (there) await update(turn, what, { kind: 'due', words: where });
  else askWhatWasMeant(turn, turn.text);
}

async function undo(turn: Turn): Promise<void> {
  const label = await turn.tools.undo();
  turn.say(label === undefined ? 'There is nothing to undo.' : `Undone: ${label}.`);
}
