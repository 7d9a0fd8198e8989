'use client';
// What a task of the calendar looks like inside.
import type { Task } from '@todo/contracts/task';
import { CloudOff, Flag, Repeat } from 'lucide-react';
import { timeLabel } from '@/lib/dates';
import { usePerson, useText } from '@/lib/session';

export function ChipFace({
  time,
  task,
  waiting = false,
}: {
  time: string | null;
  task: Task;
  waiting?: boolean;
}) {
  const { locale } = usePerson();
  const text = useText();
  return (
    <>
      {waiting ? <CloudOff aria-label={text.tasks.waiting} className="size-3 shrink-0" /> : null}
      {task.priority === 'high' ? (
        <Flag aria-label={text.priority.high} className="size-3 shrink-0 text-danger-text" />
      ) : null}
      {time === null ? null : (
        <span className="shrink-0 tabular-nums opacity-80">{timeLabel(time, locale)}</span>
      )}
      <bdi className="truncate">{task.title}</bdi>
      {task.recurrence === null ? null : (
        <Repeat aria-hidden className="ms-auto size-3 shrink-0 opacity-70" />
      )}
    </>
  );
}
