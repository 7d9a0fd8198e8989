'use client';
import { Bell, CalendarClock, CloudOff, Flag, PanelRightOpen, Repeat } from 'lucide-react';
import Link from 'next/link';
import { useState, type ComponentProps, type ReactNode } from 'react';
import type { Task } from '@todo/contracts/task';
import { cn } from '@/lib/class-names';
import { dayLabel, isOverdue, taskDate, taskTime, timeLabel } from '@/lib/dates';
import { ruleLabel } from '@/lib/recurrence';
import { usePerson, useText } from '@/lib/session';
import { taskPath } from '@/lib/task-address';
import type { SubtaskCount } from '@/lib/task-query';
import { useChangeTask } from '@/lib/tasks';
import { loadedLater } from '../loaded-later';
import { Badge, badge } from '../ui/badge';
import { Checkbox } from '../ui/checkbox';
import { moreFacts, SubtaskFact } from './more-facts';
import type { Moves } from './moves';
import { RowMenuButton } from './row-menu-button';
import { TaskTitle } from './task-title';

const RowMenu = loadedLater(() => import('./row-menu'));
const RowSubtasks = loadedLater(() => import('./subtasks'));

/** A task younger than this when it appears is pointed out, in ms. */
const FRESH_MS = 5_000;

/** What a row needs to know beside its task. */
export interface RowProps {
  task: Task;
  today: string;
  showDate: boolean;
  /** A change of it waits on this device. */
  waiting?: boolean;
  onOpen: (task: Task) => void;
  /** Set while several tasks are being selected. */
  selection?: { selected: boolean; toggle: (range: boolean) => void } | undefined;
  /** Of its list, where the page does not say it. */
  listName?: string | undefined;
  subtasks?: SubtaskCount | undefined;
  /** Set where the person orders the tasks. */
  sortable?: { dragging: boolean; handle: ReactNode; moves: Moves } | undefined;
  /** Attributes of its element. */
  item?: ComponentProps<'li'> | undefined;
}

export function TaskRow({
  task,
  today,
  showDate,
  waiting = false,
  onOpen,
  selection,
  listName,
  subtasks,
  sortable,
  item,
}: RowProps) {
  const text = useText();
  const change = useChangeTask();
  const [fresh] = useState(() => Date.now() - Date.parse(task.createdAt) < FRESH_MS);
  const [menu, setMenu] = useState(false);
  const [unfolded, setUnfolded] = useState(false);
  const done = task.status === 'done';

  return (
    <li
      {...item}
      data-task={task.id}
      className={cn(
        'group flex items-start gap-3 px-3 py-2.5 sm:px-4',
        fresh && 'animate-flash',
        selection?.selected && 'bg-accent-soft',
        item?.className,
        sortable?.dragging && 'relative z-10 scroll-my-20 rounded-lg bg-raised shadow-lg',
      )}
    >
      {sortable?.handle}
      {selection ? (
        <Checkbox
          className="mt-0.5"
          shape="square"
          checked={selection.selected}
          aria-label={text.tasks.select(task.title)}
          onChange={({ nativeEvent }) => {
            // a click with the shift key: everything from the last one on
            selection.toggle((nativeEvent as MouseEvent).shiftKey);
          }}
        />
      ) : (
        <Checkbox
          className="mt-0.5"
          checked={done}
          aria-label={text.tasks.complete(task.title)}
          onCheckedChange={() => {
            change.mutate({ kind: done ? 'reopen' : 'complete', task });
          }}
        />
      )}
      <div className="min-w-0 flex-1">
        <TaskTitle task={task} />
        <TaskFacts
          task={task}
          today={today}
          showDate={showDate}
          waiting={waiting}
          listName={listName}
        >
          {subtasks ? (
            <SubtaskFact
              key="subtasks"
              count={subtasks}
              open={unfolded}
              label={text.tasks.subtasks}
              onToggle={() => {
                setUnfolded(!unfolded);
              }}
            />
          ) : null}
        </TaskFacts>
        {unfolded ? <RowSubtasks parent={task} today={today} /> : null}
      </div>
      <a
        href={taskPath(task.id)}
        aria-label={text.edit.open(task.title)}
        title={text.edit.open(task.title)}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
          event.preventDefault(); // a new tab takes the address, this one opens it over the list
          onOpen(task);
        }}
        className="-my-1.5 -me-2.5 flex size-9 shrink-0 items-center justify-center rounded-md text-muted hover:bg-ink/6 sm:-my-1 sm:size-8"
      >
        <PanelRightOpen aria-hidden className="size-4.5 rtl:-scale-x-100" />
      </a>
      {menu ? (
        <RowMenu
          fallback={<RowMenuButton label={text.tasks.actions(task.title)} aria-busy />}
          task={task}
          today={today}
          label={text.tasks.actions(task.title)}
          onEdit={() => {
            onOpen(task);
          }}
          moves={sortable?.moves}
        />
      ) : (
        <RowMenuButton
          label={text.tasks.actions(task.title)}
          onPointerEnter={RowMenu.preload}
          onFocus={RowMenu.preload}
          onClick={() => {
            setMenu(true);
          }}
        />
      )}
    </li>
  );
}

function TaskFacts({
  task,
  today,
  showDate,
  waiting,
  listName,
  children,
}: Pick<RowProps, 'task' | 'today' | 'showDate' | 'listName'> & {
  waiting: boolean;
  children: ReactNode;
}) {
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
    waiting ? (
      <Badge key="waiting" tone="warn">
        <CloudOff aria-hidden />
        {text.tasks.waiting}
      </Badge>
    ) : null,
    task.parentId === null ? null : <Badge key="subtask">{text.tasks.subtask}</Badge>,
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
        {ruleLabel(task.recurrence.rule, text, person.locale)}
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
    children,
    ...moreFacts(task, { listName, text }),
    ...task.tags.map((tag) => (
      <Link
        key={`#${tag}`}
        href={`/tags/${encodeURIComponent(tag)}`}
        prefetch={false}
        className={cn(badge(), 'hover:underline')}
      >
        <bdi>#{tag}</bdi>
      </Link>
    )),
  ].filter((fact) => fact !== null);
  return facts.length === 0 ? null : <div className="mt-1 flex flex-wrap gap-1.5">{facts}</div>;
}
