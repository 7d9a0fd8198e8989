'use client';
// The tasks of a list in the person's own order, changed by dragging or by keyboard. Loaded with the pages of lists only.
// dnd-kit does the dragging alone: its keyboard sensor listens only from a timer after the key that lifts, which browsers run
// after the keys that wait, and drops where the last render but one was. Fast keys were lost.
import {
  closestCenter,
  DndContext,
  PointerSensor,
  useSensor,
  useSensors,
  type Announcements,
  type DragEndEvent,
} from '@dnd-kit/core';
import {
  arrayMove,
  SortableContext,
  useSortable,
  verticalListSortingStrategy,
} from '@dnd-kit/sortable';
import type { Task } from '@todo/contracts/task';
import { GripVertical } from 'lucide-react';
import { useCallback, useId, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { cn } from '@/lib/class-names';
import { useText } from '@/lib/session';
import { useMoveTask } from '@/lib/move-task';
import { LongRows } from './long-rows';
import type { Moves } from './moves';
import { TaskRow, type RowProps } from './task-row';
import type { ListProps } from './list-props';

/** The pointer moves this far before it drags, in px: a click on the handle is not a drag. */
const DRAG_FROM_PX = 4;

/** A task taken up by keyboard, and the place where it would be put down. */
interface Lifted {
  id: string;
  place: number;
}

/** What a row's handle does with the keyboard. */
interface Handle {
  lifted: boolean;
  /** Where the row is shown while any is lifted. */
  place: number | undefined;
  onKeyDown: (event: KeyboardEvent) => void;
  onLeave: () => void;
}

export default function OrderedList({
  tasks,
  filter,
  name,
  more,
  rowProps,
}: Pick<ListProps, 'filter' | 'name' | 'more' | 'rowProps'> & { tasks: Task[] }) {
  const { order: text } = useText();
  const id = useId();
  const move = useMoveTask(filter);
  const told = useRef<string | number>(null);
  const [lifted, setLifted] = useState<Lifted | null>(null);
  const [said, say] = useState('');
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: DRAG_FROM_PX } }),
  );
  const placeOf = (taskId: string | number | undefined) =>
    tasks.findIndex((task) => task.id === taskId);
  const titleOf = (taskId: string | number) => tasks[placeOf(taskId)]?.title ?? '';
  const announcements: Announcements = {
    onDragStart: ({ active }) => {
      told.current = active.id;
      return text.lifted(titleOf(active.id), placeOf(active.id) + 1, tasks.length);
    },
    onDragOver: ({ active, over }) => {
      // It is over itself at once: that must not drown the first words.
      if (!over || over.id === told.current) return undefined;
      told.current = over.id;
      return text.over(titleOf(active.id), placeOf(over.id) + 1, tasks.length);
    },
    onDragEnd: ({ active, over }) =>
      text.dropped(titleOf(active.id), placeOf(over?.id ?? active.id) + 1, tasks.length),
    onDragCancel: ({ active }) => text.cancelled(titleOf(active.id)),
  };
  const put = (from: number, to: number) => {
    const task = tasks[from];
    if (task === undefined || tasks[to] === undefined || from === to) return;
    const next = arrayMove(tasks, from, to);
    move.mutate({ task, after: next[to - 1] ?? null });
  };
  const drop = ({ active, over }: DragEndEvent) => {
    put(placeOf(active.id), placeOf(over?.id));
  };
  const movesOf = (place: number): Moves => ({
    up: place === 0 ? null : () => put(place, place - 1),
    down: place === tasks.length - 1 ? null : () => put(place, place + 1),
  });

  const last = tasks.length - 1;
  const from = placeOf(lifted?.id);
  // Somebody else may have taken the lifted task away, or the last ones of the list.
  const to = lifted === null || from === -1 ? null : Math.min(lifted.place, last);
  const putDown = (task: Task, place: number) => {
    put(placeOf(task.id), place);
    setLifted(null);
    say(text.dropped(task.title, place + 1, tasks.length));
  };
  const leave = (task: Task) => {
    setLifted(null);
    say(text.cancelled(task.title));
  };
  const press = (event: KeyboardEvent, task: Task, place: number) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const takes = event.key === ' ' || event.key === 'Enter';
    if (to === null || from !== place) {
      if (!takes) return;
      event.preventDefault();
      if (event.repeat) return; // still held from putting it down
      setLifted({ id: task.id, place });
      say(text.lifted(task.title, place + 1, tasks.length));
    } else if (takes) {
      event.preventDefault();
      if (!event.repeat) putDown(task, to);
    } else if (event.key === 'Tab') {
      putDown(task, to);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      leave(task);
    } else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      event.preventDefault();
      const next = event.key === 'ArrowUp' ? Math.max(to - 1, 0) : Math.min(to + 1, last);
      if (next === to) return;
      setLifted({ id: task.id, place: next });
      say(text.over(task.title, next + 1, tasks.length));
    }
  };
  const handleOf = (task: Task, place: number): Handle => ({
    lifted: to !== null && place === from,
    place: to === null ? undefined : placeWhile(place, from, to),
    onKeyDown: (event) => {
      press(event, task, place);
    },
    onLeave: () => {
      if (to !== null && place === from) leave(task);
    },
  });
  return (
    <DndContext
      id={id}
      sensors={sensors}
      collisionDetection={closestCenter}
      onDragStart={() => {
        setLifted(null);
      }}
      onDragEnd={drop}
      accessibility={{ announcements, screenReaderInstructions: { draggable: text.how } }}
    >
      <SortableContext items={tasks} strategy={verticalListSortingStrategy}>
        {more ? (
          <LongRows
            tasks={tasks}
            name={name}
            more={more}
            lifted={to === null ? null : { from, to }}
            row={(task, place, item) => (
              <SortableRow
                key={task.id}
                {...rowProps(task)}
                moves={movesOf(place)}
                keyboard={handleOf(task, place)}
                item={item}
              />
            )}
          />
        ) : (
          <ul className={cn('divide-y rounded-lg border bg-panel', to !== null && 'flex flex-col')}>
            {tasks.map((task, place) => (
              <SortableRow
                key={task.id}
                {...rowProps(task)}
                moves={movesOf(place)}
                keyboard={handleOf(task, place)}
              />
            ))}
          </ul>
        )}
      </SortableContext>
      <p role="status" aria-live="assertive" className="sr-only">
        {said}
      </p>
    </DndContext>
  );
}

/** Where a row is while the one from `from` would be put down at `to`. */
function placeWhile(place: number, from: number, to: number): number {
  if (place === from) return to;
  if (from < place && place <= to) return place - 1;
  if (to <= place && place < from) return place + 1;
  return place;
}

function SortableRow({
  moves,
  keyboard,
  item,
  ...props
}: RowProps & { moves: Moves; keyboard: Handle }) {
  const { order: text } = useText();
  const {
    attributes,
    listeners,
    node,
    setNodeRef,
    setActivatorNodeRef,
    transform,
    transition,
    isDragging,
  } = useSortable({ id: props.task.id, disabled: props.selection !== undefined });
  const { lifted, place } = keyboard;
  useLayoutEffect(() => {
    if (lifted) node.current?.scrollIntoView({ block: 'nearest' });
  }, [lifted, place, node]);
  const dragging = isDragging || lifted;
  const measure = item?.ref;
  const ref = useCallback(
    (element: HTMLLIElement | null) => {
      setNodeRef(element);
      if (typeof measure === 'function') measure(element);
    },
    [setNodeRef, measure],
  );
  return (
    <TaskRow
      {...props}
      item={{
        ...item,
        ref,
        // Nothing on the server: the security policy refuses style attributes in its markup.
        style: transform
          ? {
              ...item?.style,
              transform: `translate3d(${transform.x}px, ${transform.y}px, 0)`,
              ...(transition && { transition }),
            }
          : // Not moved in the document: a moved handle loses the focus, and screen readers begin to read it again.
            (item?.style ?? (place === undefined ? undefined : { order: place })),
      }}
      sortable={{
        dragging,
        moves,
        handle:
          props.selection === undefined ? (
            <button
              type="button"
              ref={setActivatorNodeRef}
              {...attributes}
              {...listeners}
              onKeyDown={keyboard.onKeyDown}
              onBlur={({ currentTarget }) => {
                // It keeps the focus while another window is in front.
                if (document.activeElement !== currentTarget) keyboard.onLeave();
              }}
              aria-pressed={dragging || undefined}
              aria-label={text.handle(props.task.title)}
              title={text.hint}
              className={cn(
                '-ms-2 flex h-6 w-5 shrink-0 touch-none items-center justify-center rounded-sm text-muted',
                dragging ? 'cursor-grabbing' : 'cursor-grab',
              )}
            >
              <GripVertical aria-hidden className="size-4" />
            </button>
          ) : null,
      }}
    />
  );
}
