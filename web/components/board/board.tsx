'use client';
// The open tasks in columns. A task goes to another column by dragging, by keys, or from its menu; each is one change, which can
// be undone.
import {
  DndContext,
  DragOverlay,
  MouseSensor,
  pointerWithin,
  TouchSensor,
  useSensor,
  useSensors,
} from '@dnd-kit/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Task } from '@todo/contracts/task';
import { usePathname, useSearchParams } from 'next/navigation';
import { useMemo, useState, type KeyboardEvent } from 'react';
import { BOARD_BY, columnsOf, dropOf, type BoardBy, type Column } from '@/lib/board/columns';
import { listsOptions } from '@/lib/lists';
import { quietDrag } from '@/lib/quiet-drag';
import { usePerson, useText } from '@/lib/session';
import { useOpenTask } from '@/lib/task-address';
import { newestOf, useChangeTask } from '@/lib/tasks';
import { useToday } from '@/lib/use-today';
import { useWholeList } from '@/lib/use-whole-list';
import { useWaiting, waitingTasks } from '@/lib/waiting';
import { boardTextFor } from '@/text/views';
import { loadedLater } from '../loaded-later';
import { ErrorState } from '../tasks/error-state';
import { useFocusAgain } from '../tasks/use-focus-again';
import { BoardBar } from './board-bar';
import { BoardColumn } from './board-column';
import { CardFace } from './card-face';

const OpenedTask = loadedLater(() => import('../tasks/opened-task'));

/** The pointer moves this far before it drags, in px: a click is not a drag. */
const DRAG_FROM_PX = 4;
/** A finger rests this long before it drags, in ms: it may only want to scroll. */
const TOUCH_DELAY_MS = 250;
const TOUCH_TOLERANCE_PX = 8;

/** A task that is taken up, and the columns it comes from and would go to. */
interface Lifted {
  task: Task;
  from: string;
  to: string;
}

export default function Board({ today: initial }: { today: string }) {
  const person = usePerson();
  const app = useText();
  const text = boardTextFor(person.locale);
  const client = useQueryClient();
  const change = useChangeTask();
  const today = useToday(initial);
  const [by, group] = useGrouping();
  const list = useWholeList({ status: 'open' });
  const lists = useQuery(listsOptions).data;
  const waiting = waitingTasks(useWaiting(person.id));
  const opened = useOpenTask();
  const [lifted, setLifted] = useState<Lifted | null>(null);
  const [dragged, setDragged] = useState<Task | null>(null);
  const [said, say] = useState('');
  const focusOn = useFocusAgain(lifted === null);
  const sensors = useSensors(
    useSensor(MouseSensor, { activationConstraint: { distance: DRAG_FROM_PX } }),
    useSensor(TouchSensor, {
      activationConstraint: { delay: TOUCH_DELAY_MS, tolerance: TOUCH_TOLERANCE_PX },
    }),
  );
  const columns = useMemo(
    () =>
      columnsOf(by, list.tasks, {
        lists: lists ?? [],
        today,
        now: new Date(),
        clock: person,
        words: {
          ...app.tasks,
          noList: text.noList,
          noTag: text.noTag,
          noDate: app.tasks.noDate,
          later: text.later,
          priority: app.priority,
        },
      }),
    [by, list.tasks, lists, today, person, app, text],
  );
  const columnOf = (key: string) => columns.find((column) => column.key === key);
  const put = (task: Task, fromKey: string, toKey: string) => {
    const [from, to] = [columnOf(fromKey), columnOf(toKey)];
    const drop = from && to ? dropOf(newestOf(client, task), from, to) : null;
    if (drop === null || to === undefined) return;
    focusOn(task.id);
    change.mutate(drop);
    say(text.dropped(task.title, to.name));
  };
  const cancel = () => {
    if (lifted !== null) say(text.cancelled(lifted.task.title));
    setLifted(null);
  };
  const press = (event: KeyboardEvent, task: Task, column: Column) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const holds = lifted?.task.id === task.id;
    const takes = event.key === ' ' || (holds && event.key === 'Enter');
    const by = stepOf(event);
    if (takes) {
      event.preventDefault();
      if (event.repeat) return; // still held from taking it up
      if (holds) {
        setLifted(null);
        put(task, lifted.from, lifted.to);
      } else {
        setLifted({ task, from: column.key, to: column.key });
        say(text.lifted(task.title, column.name));
      }
    } else if (holds && event.key === 'Escape') {
      event.preventDefault();
      cancel();
    } else if (holds && by !== 0) {
      event.preventDefault();
      const open = columns.filter(({ key, patch }) => patch !== null || key === lifted.from);
      const next = open[open.findIndex(({ key }) => key === lifted.to) + by];
      if (next === undefined) return;
      setLifted({ ...lifted, to: next.key });
      say(text.over(next.name));
      document
        .querySelector(`[data-column="${CSS.escape(next.key)}"]`)
        ?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    }
  };

  return (
    <>
      <BoardBar by={by} onGroup={group} />
      {list.error ? <ErrorState error={list.error} onRetry={list.retry} /> : null}
      {list.more ? (
        <p className="mb-3 rounded-md bg-warn-soft px-3 py-2 text-sm text-warn-text">
          {text.tooMany}
        </p>
      ) : null}
      <DndContext
        id="board"
        sensors={sensors}
        collisionDetection={pointerWithin}
        onDragStart={({ active }) => {
          setLifted(null);
          setDragged((active.data.current as { task: Task }).task);
        }}
        onDragEnd={({ active, over }) => {
          setDragged(null);
          const { task, from } = active.data.current as { task: Task; from: string };
          if (over !== null) put(task, from, (over.data.current as { key: string }).key);
        }}
        onDragCancel={() => {
          setDragged(null);
        }}
        accessibility={quietDrag(text.how)}
      >
        <div
          role="region"
          aria-label={text.title}
          aria-busy={list.isPending}
          tabIndex={0}
          className="-mx-4 flex snap-x scroll-px-4 items-start gap-3 overflow-x-auto px-4 pb-4 sm:-mx-6 sm:snap-none sm:px-6"
        >
          {columns.map((column) => (
            <BoardColumn
              key={`${by} ${column.key}`}
              column={column}
              others={columns}
              today={today}
              waiting={waiting}
              lifted={lifted}
              onOpen={({ id }) => {
                opened.open(id);
              }}
              onPress={press}
              onLeave={cancel}
              onPut={put}
            />
          ))}
        </div>
        <DragOverlay dropAnimation={null}>
          {dragged === null ? null : (
            <div className="rounded-md border border-accent bg-raised p-2 shadow-lg">
              <CardFace task={dragged} today={today} />
            </div>
          )}
        </DragOverlay>
      </DndContext>
      <p role="status" aria-live="assertive" className="sr-only">
        {said}
      </p>
      {opened.id === null ? null : (
        <OpenedTask
          key={opened.id}
          id={opened.id}
          known={list.tasks.find(({ id }) => id === opened.id)}
          today={today}
          onClose={opened.close}
        />
      )}
    </>
  );
}

/** One column on, or back; the other way round where columns run from right to left. */
function stepOf({ key, currentTarget }: KeyboardEvent): -1 | 0 | 1 {
  if (key !== 'ArrowLeft' && key !== 'ArrowRight') return 0;
  const rtl = getComputedStyle(currentTarget).direction === 'rtl';
  return (key === 'ArrowRight') === rtl ? -1 : 1;
}

/** What the address groups by, and how to change it. A task that is opened takes the address for as long, and the board stays. */
function useGrouping(): [BoardBy, (next: BoardBy) => void] {
  const path = usePathname();
  const asked = useSearchParams().get('by');
  const [kept, keep] = useState<BoardBy>('list');
  const by = path === '/board' ? (BOARD_BY.find((one) => one === asked) ?? 'list') : kept;
  if (by !== kept) keep(by);
  return [
    by,
    (next) => {
      window.history.pushState(null, '', `/board?by=${next}`);
    },
  ];
}
