'use client';
import { Bell, CalendarClock, Ellipsis, Flag, Pencil, Repeat, Trash2 } from 'lucide-react';
import { useRef } from 'react';
import type { Task } from '@todo/common/task';
import { cn } from '@/lib/class-names';
import { dayLabel, isOverdue, taskDate, taskTime, timeLabel } from '@/lib/dates';
import { ruleLabel } from '@/lib/recurrence';
import { usePerson, useText } from '@/lib/session';
import { useChangeTask } from '@/lib/tasks';
import { Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { Checkbox } from '../ui/checkbox';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from '../ui/dropdown-menu';

export function TaskRow({
  task,
  today,
  showDate,
  onEdit,
}: {
  task: Task;
  today: string;
  showDate: boolean;
  onEdit?: () => void;
}) {
  const text = useText();
  const change = useChangeTask();
  const row = useRef<HTMLLIElement>(null);
  const done = task.status === 'done';

  const remove = () => {
    focusNeighbour(row.current);
    change.mutate({ kind: 'delete', task });
  };

  return (
    <li ref={row} className="group flex items-start gap-3 px-3 py-2.5 sm:px-4">
      <Checkbox
        className="mt-0.5"
        checked={done}
        aria-label={text.tasks.complete(task.title)}
        onCheckedChange={() => {
          change.mutate({ kind: done ? 'reopen' : 'complete', task });
        }}
      />
      <div className="min-w-0 flex-1">
        <p
          className={cn(
            'text-[0.9375rem] leading-6 [overflow-wrap:anywhere]',
            done && 'text-muted line-through',
          )}
        >
          {task.title}
        </p>
        <TaskFacts task={task} today={today} showDate={showDate} />
      </div>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button
            variant="ghost"
            size="icon"
            className="-my-1 text-muted"
            aria-label={text.tasks.actions(task.title)}
          >
            <Ellipsis />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent
          align="end"
          onCloseAutoFocus={(event) => {
            if (!row.current?.isConnected) event.preventDefault(); // focus went to the neighbour
          }}
        >
          {onEdit ? (
            <DropdownMenuItem onSelect={onEdit}>
              <Pencil aria-hidden />
              {text.tasks.editShort}
            </DropdownMenuItem>
          ) : null}
          <DropdownMenuItem danger onSelect={remove}>
            <Trash2 aria-hidden />
            {text.tasks.deleteShort}
          </DropdownMenuItem>
        </DropdownMenuContent>
      </DropdownMenu>
    </li>
  );
}

/** Keeps the keyboard where it was: the next task, else the one before, else the add form. */
function focusNeighbour(row: HTMLLIElement | null): void {
  if (row === null) return;
  const rows = [...document.querySelectorAll<HTMLLIElement>('main li')];
  const index = rows.indexOf(row);
  const neighbour = rows[index + 1] ?? rows[index - 1];
  const target =
    neighbour?.querySelector<HTMLElement>('[role=checkbox]') ??
    document.querySelector<HTMLElement>('main input');
  setTimeout(() => {
    target?.focus();
  });
}

function TaskFacts({ task, today, showDate }: { task: Task; today: string; showDate: boolean }) {
  const text = useText();
  const person = usePerson();
  const date = taskDate(task, person.zone);
  const time = taskTime(task, person.zone);
  const overdue = isOverdue(task, person.zone, new Date());
  const when = [
    showDate && date !== null ? dayLabel(date, today, person.locale, text.tasks) : null,
    time === null ? null : timeLabel(time, person.locale),
  ]
    .filter((part) => part !== null)
    .join(', ');
  const facts = [
    when === '' ? null : (
      <Badge key="due" tone={overdue ? 'danger' : 'plain'} suppressHydrationWarning>
        <CalendarClock aria-hidden />
        {overdue ? <span className="sr-only">{text.tasks.overdue}: </span> : null}
        {when}
      </Badge>
    ),
    task.recurrence === null ? null : (
      <Badge key="repeat" tone="accent">
        <Repeat aria-hidden />
        {ruleLabel(task.recurrence.rule, text)}
      </Badge>
    ),
    task.reminders.length === 0 ? null : (
      <Badge key="remind">
        <Bell aria-hidden />
        <span className="sr-only">{text.tasks.remind}</span>
        {task.reminders.length > 1 ? task.reminders.length : null}
      </Badge>
    ),
    task.priority === 'none' ? null : (
      <Badge key="priority" tone={task.priority === 'high' ? 'warn' : 'plain'}>
        <Flag aria-hidden />
        {text.priority[task.priority]}
      </Badge>
    ),
    ...task.tags.map((tag) => <Badge key={`#${tag}`}>#{tag}</Badge>),
  ].filter((fact) => fact !== null);
  return facts.length === 0 ? null : <div className="mt-1 flex flex-wrap gap-1.5">{facts}</div>;
}
