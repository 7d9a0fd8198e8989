'use client';
// A task in a cell of the calendar, and a coming occurrence of one.
import { useDraggable } from '@dnd-kit/core';
import type { Task } from '@todo/contracts/task';
import type { CSSProperties } from 'react';
import type { Occurrence } from '@/lib/calendar/occurrences';
import type { Entry } from '@/lib/calendar/use-calendar';
import { cn } from '@/lib/class-names';
import { isOverdue, timeLabel } from '@/lib/dates';
import { usePerson, useText } from '@/lib/session';
import { useChangeTask } from '@/lib/tasks';
import { calendarTextFor } from '@/text/views';
import { Checkbox } from '../ui/checkbox';
import { ChipFace } from './chip-face';
import { useMoving } from './moving';

const CHIP = 'flex h-6 w-full min-w-0 items-center gap-1 rounded-sm text-xs';

export function TaskChip({
  entry: { task, place },
  waiting,
  onOpen,
  narrow = false,
  className,
  style,
}: {
  entry: Entry;
  /** Its place says the time. */
  narrow?: boolean;
  waiting: boolean;
  onOpen: (task: Task) => void;
  className?: string;
  style?: CSSProperties;
}) {
  const { zone, locale } = usePerson();
  const app = useText();
  const text = calendarTextFor(locale);
  const change = useChangeTask();
  const { moving, lift } = useMoving();
  const done = task.status === 'done';
  const late = isOverdue(task, zone, new Date());
  const { setNodeRef, listeners } = useDraggable({ id: task.id, data: { task }, disabled: done });
  const when = place.time === null ? '' : timeLabel(place.time, locale);
  return (
    <li
      ref={setNodeRef}
      data-task={task.id}
      style={style}
      {...listeners}
      className={cn(
        CHIP,
        'ps-1',
        done
          ? 'bg-ink/6 text-muted line-through'
          : late
            ? 'bg-danger-soft text-danger-text'
            : 'bg-accent-soft text-accent-text',
        moving?.task.id === task.id && 'opacity-50',
        className,
      )}
    >
      <Checkbox
        className="scale-75"
        checked={done}
        aria-label={app.tasks.complete(task.title)}
        onCheckedChange={() => {
          change.mutate({ kind: done ? 'reopen' : 'complete', task });
        }}
      />
      <button
        type="button"
        data-open
        title={done ? task.title : `${task.title}\n${text.how}`}
        aria-label={[
          [when, task.title].filter(Boolean).join(' '),
          ...(late ? [text.isLate] : []),
        ].join(', ')}
        aria-keyshortcuts={done ? undefined : 'Space'}
        onClick={() => {
          onOpen(task);
        }}
        onKeyDown={(event) => {
          if (event.key !== ' ' || done) return;
          event.preventDefault();
          if (!event.repeat) lift(task);
        }}
        className="flex h-full min-w-0 flex-1 items-center gap-1 rounded-sm pe-1 text-start"
      >
        <ChipFace time={narrow ? null : place.time} task={task} waiting={waiting} />
      </button>
    </li>
  );
}

export function OccurrenceChip({
  occurrence: { task, place },
  onOpen,
  narrow = false,
  className,
  style,
}: {
  occurrence: Occurrence;
  narrow?: boolean;
  onOpen: (task: Task) => void;
  className?: string;
  style?: CSSProperties;
}) {
  const { locale } = usePerson();
  const text = calendarTextFor(locale);
  const when = place.time === null ? '' : timeLabel(place.time, locale);
  return (
    <li style={style} className={cn(CHIP, className)}>
      <button
        type="button"
        title={`${task.title}\n${text.occurrenceHint}`}
        aria-label={[when, text.occurrence(task.title)].filter(Boolean).join(' ')}
        onClick={() => {
          onOpen(task);
        }}
        className="flex h-full w-full min-w-0 items-center gap-1 rounded-sm border border-dashed border-field bg-panel px-1.5 text-start text-muted italic"
      >
        <ChipFace time={narrow ? null : place.time} task={task} />
      </button>
    </li>
  );
}
