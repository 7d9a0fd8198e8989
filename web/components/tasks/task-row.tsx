'use client';
import { Bell, CalendarClock, Flag, Repeat } from 'lucide-react';
import Link from 'next/link';
import { lazy, Suspense, useId, useRef, useState, type CSSProperties, type ReactNode } from 'react';
import type { Task } from '@todo/contracts/task';
import { MAX_TITLE, showsSomething } from '@todo/contracts/text';
import { cn } from '@/lib/class-names';
import { dayLabel, isOverdue, taskDate, taskTime, timeLabel } from '@/lib/dates';
import { limitedText } from '@/lib/limited-text';
import { ruleLabel } from '@/lib/recurrence';
import { usePerson, useText } from '@/lib/session';
import { useChangeTask } from '@/lib/tasks';
import { Badge, badge } from '../ui/badge';
import { Checkbox } from '../ui/checkbox';
import type { Moves } from './moves';
import { RowMenuButton } from './row-menu-button';

const loadRowMenu = () => import('./row-menu');
const RowMenu = lazy(loadRowMenu);

function preloadRowMenu(): void {
  loadRowMenu().catch(() => undefined); // offline: the click tries again
}

/** A task younger than this when it appears is pointed out, in ms. */
const FRESH_MS = 5_000;

/** What a row needs to know beside its task. */
export interface RowProps {
  task: Task;
  today: string;
  showDate: boolean;
  onOpen: (task: Task) => void;
  /** Set while several tasks are being selected. */
  selection?: { selected: boolean; toggle: () => void } | undefined;
  /** Set where the person orders the tasks. */
  sortable?:
    | {
        ref: (element: HTMLElement | null) => void;
        style: CSSProperties | undefined;
        dragging: boolean;
        handle: ReactNode;
        moves: Moves;
      }
    | undefined;
}

export function TaskRow({ task, today, showDate, onOpen, selection, sortable }: RowProps) {
  const text = useText();
  const change = useChangeTask();
  const row = useRef<HTMLLIElement>(null);
  const [fresh] = useState(() => Date.now() - Date.parse(task.createdAt) < FRESH_MS);
  const [menu, setMenu] = useState(false);
  const done = task.status === 'done';

  return (
    <li
      ref={(element) => {
        row.current = element;
        sortable?.ref(element);
      }}
      style={sortable?.style}
      data-task={task.id}
      className={cn(
        'group flex items-start gap-3 px-3 py-2.5 sm:px-4',
        fresh && 'animate-flash',
        selection?.selected && 'bg-accent-soft',
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
          onCheckedChange={selection.toggle}
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
        <TaskFacts task={task} today={today} showDate={showDate} />
      </div>
      {menu ? (
        <Suspense fallback={<RowMenuButton label={text.tasks.actions(task.title)} aria-busy />}>
          <RowMenu
            label={text.tasks.actions(task.title)}
            onEdit={() => {
              onOpen(task);
            }}
            moves={sortable?.moves}
            onDelete={() => {
              focusNeighbour(row.current);
              change.mutate({ kind: 'delete', task });
            }}
          />
        </Suspense>
      ) : (
        <RowMenuButton
          label={text.tasks.actions(task.title)}
          onPointerEnter={preloadRowMenu}
          onFocus={preloadRowMenu}
          onClick={() => {
            setMenu(true);
          }}
        />
      )}
    </li>
  );
}

/** The title; a click or Enter on it turns it into a field. */
function TaskTitle({ task }: { task: Task }) {
  const text = useText();
  const change = useChangeTask();
  const [draft, setDraft] = useState<string | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const hintId = useId();

  const finished = useRef(false); // removing a focused field blurs it once more

  const finish = (keep: boolean) => {
    finished.current = true;
    const title = draft?.trim() ?? '';
    setDraft(null);
    setTimeout(() => button.current?.focus());
    if (keep && showsSomething(title) && title !== task.title) {
      change.mutate({ kind: 'patch', task, patch: { title } });
    }
  };

  if (draft !== null) {
    return (
      <>
        <input
          autoFocus
          aria-label={text.tasks.titleEdit(task.title)}
          aria-describedby={hintId}
          value={draft}
          onChange={({ target }) => {
            setDraft(limitedText(draft, target.value, MAX_TITLE));
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') finish(true);
            if (event.key === 'Escape') finish(false);
          }}
          onBlur={() => {
            if (!finished.current) finish(true);
          }}
          className="-mx-1 w-full rounded-sm bg-raised px-1 text-[0.9375rem] leading-6"
        />
        <span id={hintId} className="sr-only">
          {text.tasks.editHint}
        </span>
      </>
    );
  }
  return (
    <button
      ref={button}
      type="button"
      title={text.tasks.titleEdit(task.title)}
      onClick={() => {
        finished.current = false;
        setDraft(task.title);
      }}
      className={cn(
        'block max-w-full cursor-text rounded-sm text-left text-[0.9375rem] leading-6 [overflow-wrap:anywhere]',
        task.status === 'done' && 'text-muted line-through',
      )}
    >
      <bdi>{task.title}</bdi>
    </button>
  );
}

/** Keeps the keyboard where it was: the next task, else the one before, else the add form. */
function focusNeighbour(row: HTMLLIElement | null): void {
  if (row === null) return;
  const rows = [...document.querySelectorAll<HTMLLIElement>('main li[data-task]')];
  const index = rows.indexOf(row);
  const neighbour = rows[index + 1] ?? rows[index - 1];
  const target =
    neighbour?.querySelector<HTMLElement>('input[type=checkbox]') ??
    document.querySelector<HTMLElement>('main form input');
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
