// What the built-in engine says of tasks: a line, a change, a title inside a sentence.
import { isolated, lengthOf, shortened } from '@todo/contracts/text';
import { describeDue, describeRecurrence } from '../../quick-add/describe.ts';
import type { TaskView } from '../../tools/task-view.ts';
import type { Turn } from '../chat-engine.ts';
import type { Reference } from '../conversation.ts';
import { dueOf } from './change-words.ts';
import type { Change } from './command-shape.ts';

/** Code points of a title in a sentence. */
const MAX_TITLE_SHOWN = 120;

/** What a change did to a task. */
export function sentenceOf(change: Change, before: TaskView, after: TaskView, turn: Turn): string {
  const title = quote(after.title);
  const due = dueOf(after);
  switch (change.kind) {
    case 'due':
    case 'clock':
    case 'shift':
      return `${title} is now due ${due ? describeDue(due, turn.context) : 'no longer due'}.`;
    case 'noDue':
      return `${title} has no due date any more.`;
    case 'title':
      return `Renamed ${quote(before.title)} to ${title}.`;
    case 'priority':
      return `${title} has ${after.priority === 'none' ? 'no' : after.priority} priority now.`;
    case 'tag':
      return `${title} is tagged ${after.tags.length > 0 ? after.tags.map((tag) => `#${shown(tag)}`).join(' ') : 'no more'}.`;
    case 'list':
      return after.list
        ? `${title} is in ${shown(after.list.name)} now.`
        : `${title} is in no list now.`;
    case 'notes':
      return `Noted on ${title}.`;
    case 'repeat':
      return after.repeat === null
        ? `${title} no longer repeats.`
        : `${title} repeats ${describeRecurrence({ rule: after.repeat, from: after.repeatFrom === 'completion' ? 'completion' : 'due' })}${due ? `, due ${describeDue(due, turn.context)}` : ''}.`;
    case 'remind':
      return `${title} has ${after.reminders.length === 1 ? 'one reminder' : `${after.reminders.length} reminders`} now.`;
  }
}

/** A task in one line of a list. */
export function lineOf(task: TaskView, turn: Turn): string {
  const due = dueOf(task);
  return [
    shown(task.title),
    due === null ? '' : ` — ${describeDue(due, turn.context)}`,
    task.overdue ? ' (overdue)' : '',
    task.status === 'done' ? ' (done)' : '',
    task.priority === 'high' ? ' (high priority)' : '',
  ].join('');
}

/** The titles of at most five tasks. */
export function names(tasks: readonly Reference[]): string {
  return (
    tasks
      .slice(0, 5)
      .map(({ title }) => quote(title))
      .join(', ') + (tasks.length > 5 ? ', …' : '')
  );
}

/** A person's text as a quotation. */
export function quote(text: string): string {
  return `“${shown(text)}”`;
}

/** A person's text inside a sentence: one line, not too long, its direction its own. */
export function shown(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return isolated(lengthOf(line) > MAX_TITLE_SHOWN ? `${shortened(line, MAX_TITLE_SHOWN)}…` : line);
}
