'use client';
// A long list of tasks under headings: only what is near the screen is in the document. Screen readers learn each row's place
// and how many there are from aria-posinset and aria-setsize.
import type { Task } from '@todo/contracts/task';
import { useMemo } from 'react';
import { cn } from '@/lib/class-names';
import { useText } from '@/lib/session';
import type { Group } from '@/lib/views';
import { LoadMore } from './load-more';
import { ROW_PX, rowLook, useFindHint } from './long';
import { TaskRow } from './task-row';
import type { ListProps } from './list-props';
import { useVirtualRows, type VirtualRow } from './virtual-rows';

/** How high a heading is, in px. */
const HEADING_PX = 49;

type Item =
  | { key: string; group: Group; place: null }
  /** `place`: in its group, from 0. */
  | { key: string; group: Group; place: number; task: Task };

export default function LongList({ name, groups, heading, aside, rowProps, more }: ListProps) {
  const { tasks: text } = useText();
  const items = useMemo(
    () =>
      groups.flatMap((group): Item[] => [
        ...(heading(group) === null ? [] : [{ key: `#${group.key}`, group, place: null }]),
        ...group.tasks.map((task, place) => ({ key: task.id, group, place, task })),
      ]),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- whether a group has a heading depends on the groups alone
    [groups],
  );
  const keys = useMemo(() => items.map(({ key }) => key), [items]);
  const { container, rows } = useVirtualRows(name, keys, (index) =>
    items[index]?.place === null ? HEADING_PX : ROW_PX,
  );
  useFindHint();

  const shown = useMemo(() => {
    const byGroup = new Map<Group, { item: Item; row: VirtualRow }[]>();
    for (const row of rows) {
      const item = items[row.index];
      if (item === undefined) continue;
      const before = byGroup.get(item.group);
      if (before) before.push({ item, row });
      else byGroup.set(item.group, [{ item, row }]);
    }
    return [...byGroup];
  }, [rows, items]);

  return (
    <>
      <div {...container}>
        {shown.map(([group, parts]) => {
          const words = heading(group);
          // The last group grows while more is loaded.
          const size = more?.hasNextPage && group === groups.at(-1) ? -1 : group.tasks.length;
          return (
            <section key={group.key} aria-label={words ?? text.list}>
              {parts.map(({ item, row }) =>
                item.place === null ? (
                  <div
                    key={item.key}
                    {...row.attributes}
                    className="flex flex-wrap items-end justify-between gap-x-4 px-1 pt-6 pb-1"
                  >
                    <h2
                      className={cn(
                        'text-sm font-semibold',
                        group.key === 'overdue' ? 'text-danger-text' : 'text-muted',
                      )}
                    >
                      {words}
                    </h2>
                    {aside(group)}
                  </div>
                ) : null,
              )}
              <ul>
                {parts.map(({ item, row }) =>
                  item.place === null ? null : (
                    <TaskRow
                      key={item.key}
                      {...rowProps(item.task)}
                      showDate={group.key === 'overdue' || group.key === 'all'}
                      item={{
                        ...row.attributes,
                        'aria-posinset': item.place + 1,
                        'aria-setsize': size,
                        className: rowLook(item.place, group.tasks.length),
                      }}
                    />
                  ),
                )}
              </ul>
            </section>
          );
        })}
      </div>
      {more?.hasNextPage ? <LoadMore more={more} /> : null}
    </>
  );
}
