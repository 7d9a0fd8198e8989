// What the built-in engine asks back: which task, when, and what was meant. Each question brings answers to send.
import type { Turn } from '../chat-engine.ts';
import type { Reference } from '../conversation.ts';
import type { Change } from './command-shape.ts';
import { findTasks, MAX_TARGETS } from './find-tasks.ts';
import { lineOf, quote } from './sentences.ts';

/** Does something with the tasks that the words mean; asks when they mean none or more than one. */
export async function withTasks(
  turn: Turn,
  target: string,
  status: 'open' | 'done' | 'either',
  then: (tasks: readonly Reference[], several: boolean) => Promise<void>,
): Promise<void> {
  const found = await findTasks(turn, target, status);
  const pending =
    turn.memory.pending?.includes('%') && !turn.text.includes(target)
      ? turn.memory.pending
      : turn.text.replace(target, () => '%');
  switch (found.kind) {
    case 'these':
      if (found.more) turn.say(`These are the first ${MAX_TARGETS}. `);
      await then(found.tasks, found.several);
      return;
    case 'which':
      turn.tools.shown(found.candidates);
      turn.ask(
        {
          text: found.exact
            ? 'Which one do you mean?'
            : `No task has all of these words. Do you mean ${found.candidates.length === 1 ? 'this one' : 'one of these'}?`,
          choices: found.candidates.map((task) => ({
            label: lineOf(task, turn),
            send: pending.replace('%', () => `task ${task.id}`),
          })),
        },
        pending,
      );
      return;
    case 'nothing-said':
      turn.ask(
        {
          text: 'Which task do you mean? Give a word of its title, or ask me to list your tasks.',
          choices: [{ label: 'Show my tasks', send: 'show my tasks' }],
        },
        pending,
      );
      return;
    case 'none':
      turn.ask({
        text: `I found no task that matches ${quote(found.words)}.`,
        choices: [
          { label: 'Show my tasks', send: 'show my tasks' },
          { label: `Add ${quote(turn.text)} as a task`, send: `add ${turn.text}` },
        ],
      });
  }
}

/** Asks for a time that could not be read. */
export function askWhen(turn: Turn, target: string, change: Change, task: Reference): void {
  if (change.kind === 'remind') {
    turn.ask({ text: 'How long before? Try, for example: remind me an hour before.', choices: [] });
    return;
  }
  const words = change.kind === 'due' ? change.words : '';
  const send = (when: string): string => `move task ${task.id} to ${when}`;
  turn.tools.focus([task]);
  turn.ask({
    text:
      words === ''
        ? 'To when?'
        : `I could not read ${quote(words)} as a time in the future. When should ${target === '' ? 'it' : quote(task.title)} be due?`,
    choices: [
      { label: 'Today', send: send('today') },
      { label: 'Tomorrow', send: send('tomorrow') },
      { label: 'Next week', send: send('next week') },
    ],
  });
}

/** Asks what to do with the only task that has the words of a message. */
export function askAboutTask(turn: Turn, { id, title }: Reference): void {
  turn.tools.focus([{ id, title }]);
  turn.ask({
    text: `I am not sure what you mean. There is a task ${quote(title)}: is it done, or what should I do with it?`,
    choices: [
      { label: 'It is done', send: `mark task ${id} as done` },
      { label: 'Show it', send: `task ${id}` },
      { label: 'Add a new task', send: `add ${turn.text}` },
    ],
  });
}

/** Asks what to do with words that fit no command. */
export function askWhatWasMeant(turn: Turn, text: string): void {
  const question = text.endsWith('?');
  turn.ask({
    text: `I am not sure what you mean by ${quote(text)}. I can add, find, count, change and complete your tasks. What should I do?`,
    choices: [
      ...(question ? [] : [{ label: 'Add it as a task', send: `add ${text}` }]),
      { label: 'Find tasks with these words', send: `find ${text.replace(/[?!.]+$/, '')}` },
      { label: 'What can you do?', send: 'help' },
    ],
  });
}
