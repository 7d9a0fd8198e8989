'use client';
// What a task of the board looks like inside.
import type { Task } from '@todo/contracts/task';
import { CalendarClock, CloudOff, Flag, Repeat } from 'lucide-react';
import { dayLabel, isOverdue, taskDate, taskTime, timeLabel } from '@/lib/dates';
import { usePerson, useText } from '@/lib/session';
import { Badge } from '../ui/badge';

export function CardFace({
  task,
  today,
  waiting = false,
}: {
  task: Task;
  today: string;
  waiting?: boolean;
}) {
  const { zone, locale } = usePerson();
  const text = useText();
  const date = taskDate(task, zone);
  const time = taskTime(task, zone);
  const when = [
    date === null ? null : dayLabel(date, today, locale, text.tasks),
    time === null ? null : timeLabel(time, locale),
  ]
    .filter((part) => part !== null)
    .join(', ');
  const late = isOverdue(task, zone, new Date(), today);
  return (
    <>
      <bdi className="line-clamp-3 text-sm [overflow-wrap:anywhere]">{task.title}</bdi>
      <span className="mt-1 flex flex-wrap gap-1 empty:hidden">
        {waiting ? (
          <Badge tone="warn">
            <CloudOff aria-hidden />
            {text.tasks.waiting}
          </Badge>
        ) : null}
        {when === '' ? null : (
          <Badge tone={late ? 'danger' : 'plain'}>
            <CalendarClock aria-hidden />
            {late ? <span className="sr-only">{text.tasks.overdue}: </span> : null}
            {when}
          </Badge>
        )}
        {task.recurrence === null ? null : (
          <Badge tone="accent">
            <Repeat aria-label={text.tasks.repeat} />
          </Badge>
        )}
        {task.priority === 'none' ? null : (
          <Badge tone={task.priority === 'high' ? 'warn' : 'plain'}>
            <Flag aria-hidden />
            {text.priority[task.priority]}
          </Badge>
        )}
        {task.tags.map((tag) => (
          <Badge key={tag}>
            <bdi>#{tag}</bdi>
          </Badge>
        ))}
      </span>
    </>
  );
}
