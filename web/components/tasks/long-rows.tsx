'use client';
// The rows of a long ordered list that are near the screen. They stand in the document in the tasks' order, wherever a lifted one
// is shown: a handle that is moved in the document loses the focus.
import { arrayMove } from '@dnd-kit/sortable';
import type { Task } from '@todo/contracts/task';
import { useMemo, type ComponentProps, type ReactNode } from 'react';
import { ROW_PX, rowLook, useFindHint } from './long';
import { LoadMore } from './load-more';
import type { More } from './list-props';
import { useVirtualRows } from './virtual-rows';

export function LongRows({
  tasks,
  name,
  more,
  lifted,
  row,
}: {
  tasks: Task[];
  /** Of the list, to find its place again. */
  name: string;
  more: More;
  /** The place of the task that is taken up, and where it would be put down. */
  lifted: { from: number; to: number } | null;
  row: (task: Task, place: number, item: ComponentProps<'li'>) => ReactNode;
}) {
  const { from = 0, to = 0 } = lifted ?? {};
  const shown = useMemo(() => arrayMove(tasks, from, to), [tasks, from, to]);
  const keys = useMemo(() => shown.map(({ id }) => id), [shown]);
  const { container, rows } = useVirtualRows(name, keys, () => ROW_PX);
  useFindHint();
  const places = useMemo(() => new Map(tasks.map(({ id }, place) => [id, place])), [tasks]);
  const placed = rows.flatMap(({ index, attributes }) => {
    const task = shown[index];
    return task === undefined
      ? []
      : [{ task, index, attributes, place: places.get(task.id) ?? index }];
  });
  return (
    <>
      <div {...container}>
        <ul>
          {placed
            .sort((a, b) => a.place - b.place)
            .map(({ task, index, attributes, place }) =>
              row(task, place, {
                ...attributes,
                'aria-posinset': index + 1,
                'aria-setsize': more.hasNextPage ? -1 : tasks.length,
                className: rowLook(index, tasks.length),
              }),
            )}
        </ul>
      </div>
      {more.hasNextPage ? <LoadMore more={more} /> : null}
    </>
  );
}
