'use client';
// The tasks of a list in the person's own order, changed by dragging or by keyboard. Loaded with the pages of lists only.
import {
  closestCenter,
  DndContext,
  KeyboardSensor,
  PointerSensor,
  useSensor,
  useSensors,
  type Announcements,
  type DragEndEvent,
} from '@dnd-kit/core';
import {
  arrayMove,
  SortableContext,
  sortableKeyboardCoordinates,
  useSortable,
  verticalListSortingStrategy,
} from '@dnd-kit/sortable';
import type { Task } from '@todo/common/task';
import { GripVertical } from 'lucide-react';
import { useId, useRef } from 'react';
import { cn } from '@/lib/class-names';
import { useText } from '@/lib/session';
import type { TaskFilter } from '@/lib/task-query';
import { useMoveTask } from '@/lib/tasks';
import { TaskRow, type Moves, type RowProps } from './task-row';

/** The pointer moves this far before it drags, in px: a click on the handle is not a drag. */
const DRAG_FROM_PX = 4;

export default function OrderedList({
  tasks,
  filter,
  rowProps,
}: {
  tasks: Task[];
  filter: TaskFilter;
  rowProps: (task: Task) => RowProps;
}) {
  const { order: text } = useText();
  const id = useId();
  const move = useMoveTask(filter);
  const told = useRef<string | number>(null);
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: DRAG_FROM_PX } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
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
  return (
    <DndContext
      id={id}
      sensors={sensors}
      collisionDetection={closestCenter}
      onDragEnd={drop}
      accessibility={{ announcements, screenReaderInstructions: { draggable: text.how } }}
    >
      <SortableContext items={tasks} strategy={verticalListSortingStrategy}>
        <ul className="divide-y rounded-lg border bg-panel">
          {tasks.map((task, place) => (
            <SortableRow key={task.id} {...rowProps(task)} moves={movesOf(place)} />
          ))}
        </ul>
      </SortableContext>
    </DndContext>
  );
}

function SortableRow({ moves, ...props }: RowProps & { moves: Moves }) {
  const { order: text } = useText();
  const {
    attributes,
    listeners,
    setNodeRef,
    setActivatorNodeRef,
    transform,
    transition,
    isDragging,
  } = useSortable({ id: props.task.id, disabled: props.selection !== undefined });
  return (
    <TaskRow
      {...props}
      sortable={{
        ref: setNodeRef,
        // Nothing on the server: the security policy refuses style attributes in its markup.
        style: transform
          ? {
              transform: `translate3d(${transform.x}px, ${transform.y}px, 0)`,
              ...(transition && { transition }),
            }
          : undefined,
        dragging: isDragging,
        moves,
        handle:
          props.selection === undefined ? (
            <button
              type="button"
              ref={setActivatorNodeRef}
              {...attributes}
              {...listeners}
              aria-label={text.handle(props.task.title)}
              title={text.hint}
              className={cn(
                '-ml-2 flex h-6 w-5 shrink-0 touch-none items-center justify-center rounded-sm text-muted',
                isDragging ? 'cursor-grabbing' : 'cursor-grab',
              )}
            >
              <GripVertical aria-hidden className="size-4" />
            </button>
          ) : null,
      }}
    />
  );
}
