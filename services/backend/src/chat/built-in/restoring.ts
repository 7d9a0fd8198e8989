// Bringing deleted tasks back. Only one that is the only one meant is restored at once; else the engine asks which.
import type { Turn } from '../chat-engine.ts';
import type { Reference } from '../conversation.ts';
import { trashView } from '../../tools/trash.ts';
import type { TrashedView } from '../../tools/trash.ts';
import { reopen } from './changing.ts';
import { wordsOf } from './fetch-tasks.ts';
import { saidBefore } from './find-tasks.ts';
import { names, quote } from './sentences.ts';

/** Deleted tasks that an answer names. */
const MAX_NAMED = 9;

const UUID = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/gi;
/** Words around the ones that name the task. */
const AROUND =
  /^(?:(?:the|my|that|this|a)\s+)*(?:deleted\s+)?(?:(?:task|todo|item)\s+(?:called\s+|named\s+)?)?|\s+(?:task|todo|item|one)$/gi;

/** Restores the deleted tasks that the words mean; a done task that they mean instead is opened again. */
export async function restore(turn: Turn, target: string): Promise<void> {
  const ids = target.match(UUID);
  const said = ids?.map((id) => ({ id, title: '' })) ?? saidBefore(turn.memory, target);
  if (said !== undefined) {
    const deleted = await deletedAmong(turn, said);
    if (deleted.length > 0) await restoreAll(turn, deleted);
    else await reopen(turn, target);
    return;
  }
  const words = target.replace(AROUND, '').trim() || target;
  const found = await deletedWith(turn, words);
  const exact = found.filter(({ title }) => title.toLowerCase() === words.toLowerCase());
  const meant = exact.length === 1 ? exact : found;
  if (meant.length === 1) await restoreAll(turn, meant);
  else if (meant.length > 1) askWhich(turn, meant);
  else await reopen(turn, target);
}

/** Says what can be restored. */
export async function showTrash(turn: Turn): Promise<void> {
  const deleted = await look(turn, {});
  turn.tools.shown(deleted.slice(0, MAX_NAMED));
  if (deleted.length === 0) {
    turn.say('The trash is empty. Deleted tasks stay there for 30 days.');
    return;
  }
  const lines = deleted
    .slice(0, MAX_NAMED)
    .map(({ title, deleted: at }) => `• ${quote(title)}, deleted ${at}`);
  const more = deleted.length > MAX_NAMED ? ['• and more: see Trash in the menu'] : [];
  turn.say(
    ['In the trash:', ...lines, ...more, 'Say “restore” and a word of the title.'].join('\n'),
  );
}

async function look(turn: Turn, input: { query?: string }): Promise<TrashedView[]> {
  return trashView.parse(await turn.tools.look('list_trash', input)).trash;
}

async function deletedAmong(turn: Turn, said: readonly Reference[]): Promise<TrashedView[]> {
  const ids = new Set(said.map(({ id }) => id.toLowerCase()));
  return (await look(turn, {})).filter(({ id }) => ids.has(id));
}

/** Deleted tasks that have the words; where titles have each from the begin of a word, those. */
async function deletedWith(turn: Turn, words: string): Promise<TrashedView[]> {
  const wanted = wordsOf(words);
  if (wanted.length === 0) return [];
  const found = await look(turn, { query: wanted.join(' ').slice(0, 200) });
  const titled = found.filter(({ title }) => {
    const has = wordsOf(title);
    return wanted.every((word) => has.some((one) => one.startsWith(word)));
  });
  return titled.length > 0 ? titled : found;
}

async function restoreAll(turn: Turn, deleted: readonly TrashedView[]): Promise<void> {
  for (const { id } of deleted) await turn.tools.run('restore_task', { id });
  turn.remember({ recent: 'order', order: 'restore %' });
  turn.say(`Restored ${names(deleted)}.`);
}

function askWhich(turn: Turn, deleted: readonly TrashedView[]): void {
  const candidates = deleted.slice(0, MAX_NAMED);
  turn.tools.shown(candidates);
  turn.ask(
    {
      text: 'Which deleted task do you mean?',
      choices: candidates.map(({ id, title, deleted: at }) => ({
        label: `${title} (deleted ${at})`,
        send: `restore deleted task ${id}`,
      })),
    },
    'restore %',
  );
}
