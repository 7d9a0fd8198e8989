// Putting a reminder off: what a task's reminders are afterwards.
import { invalidInput } from '@todo/contracts/problem';
import type { Task } from '@todo/contracts/task';
import { uuidv7 } from '@todo/runtime/uuid';
import { MAX_REMINDERS } from './input.ts';
import type { Context } from './task-context.ts';

/**
 * The task reminded of again at an instant, as the next version. Absolute reminders that are over go: a task that is put off
 * ten times has one reminder, not ten.
 */
export function withSnooze(context: Context, before: Task, until: Date): Task {
  const now = context.clock();
  if (until.getTime() <= now.getTime())
    throw invalidInput([{ field: 'until', message: 'expected a time in the future' }]);
  const kept = before.reminders.filter(
    (reminder) => 'before' in reminder || Date.parse(reminder.at) > now.getTime(),
  );
  const at = until.toISOString();
  const there = kept.some((reminder) => 'at' in reminder && reminder.at === at);
  if (!there && kept.length >= MAX_REMINDERS)
    throw invalidInput([{ field: 'reminders', message: `at most ${MAX_REMINDERS} reminders` }]);
  return {
    ...before,
    version: before.version + 1,
    reminders: there ? kept : [...kept, { id: uuidv7(now.getTime()), at }],
    updatedAt: now.toISOString(),
  };
}
