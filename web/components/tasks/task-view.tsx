'use client';
// One page of tasks: its heading, the form to add one, and the list in its four states.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Task } from '@todo/contracts/task';
import { ListChecks } from 'lucide-react';
import { lazy, Suspense, useMemo, useRef, useState } from 'react';
import { dayLabel } from '@/lib/dates';
import { listsOptions } from '@/lib/lists';
import { usePerson, useText } from '@/lib/session';
import { useOpenTask } from '@/lib/task-address';
import type { SubtaskCount } from '@/lib/task-query';
import { taskListOptions } from '@/lib/tasks';
import { useToday } from '@/lib/use-today';
import { filterOf, groupsOf, type View } from '@/lib/views';
import { useWaiting, waitingTasks } from '@/lib/waiting';
import { loadedLater } from '../loaded-later';
import { Button } from '../ui/button';
import { Skeleton } from '../ui/skeleton';
import { EmptyState } from './empty-state';
import { QuickAdd } from './quick-add';
import type { ListProps } from './list-props';
import { TaskRow, type RowProps } from './task-row';

// Opened by few visits: its forms and calendar arithmetic stay out of the first load.
const OpenedTask = loadedLater(() => import('./opened-task'));
const RescheduleOverdue = loadedLater(() => import('./reschedule-overdue'));
const OrderedList = lazy(() => import('./ordered-list'));
const SelectionBar = loadedLater(() => import('./selection-bar'));
const ErrorState = loadedLater(async () => ({
  default: (await import('./error-state')).ErrorState,
}));
const LongList = loadedLater(() => import('./long-list'));

export function TaskView({ view, today: initialToday }: { view: View; today: string }) {
  const text = useText();
  const person = usePerson();
  const today = useToday(initialToday);
  const filter = useMemo(() => filterOf(view, today, person), [view, today, person]);
  const query = useInfiniteQuery(taskListOptions(filter));
  const tasks = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const groups = useMemo(() => groupsOf(view, tasks, person, new Date()), [view, tasks, person]);

  const lists = useQuery(listsOptions).data ?? [];
  const counts = useMemo(
    () =>
      Object.assign({}, ...(query.data?.pages.map((page) => page.subtasks ?? {}) ?? [])) as Record<
        string,
        SubtaskCount
      >,
    [query.data],
  );

  const waiting = waitingTasks(useWaiting(person.id));
  const opened = useOpenTask();
  const [selected, setSelected] = useState<ReadonlySet<string> | null>(null);
  const last = useRef<string>(undefined);
  const toggle = (id: string, range: boolean) => {
    const shown = groups.flatMap((group) => group.tasks.map((task) => task.id));
    const [from, to] = [shown.indexOf(last.current ?? ''), shown.indexOf(id)];
    last.current = id;
    setSelected((before) => {
      const next = new Set(before);
      if (range && from >= 0)
        for (const one of shown.slice(Math.min(from, to), Math.max(from, to) + 1)) next.add(one);
      else if (!next.delete(id)) next.add(id);
      return next;
    });
  };

  const rowProps = (task: Task): RowProps => ({
    task,
    today,
    showDate: true,
    waiting: waiting.has(task.id),
    listName: view.name === 'list' ? undefined : lists.find(({ id }) => id === task.listId)?.name,
    subtasks: counts[task.id],
    onOpen: ({ id }) => {
      opened.open(id);
    },
    selection:
      selected === null
        ? undefined
        : {
            selected: selected.has(task.id),
            toggle: (range) => {
              toggle(task.id, range);
            },
          },
  });

  // From the second page on, only what is near the screen is in the document.
  const long = query.hasNextPage || (query.data?.pages.length ?? 0) > 1;
  const list: ListProps = {
    name: JSON.stringify(view),
    groups,
    filter,
    heading: ({ key }) => {
      if (key === 'overdue') return text.tasks.overdue;
      if (key === 'none') return text.tasks.noDate;
      if (key === 'all' || (view.name === 'today' && groups.length === 1 && key === today))
        return null;
      return dayLabel(key, today, person.locale, text.tasks);
    },
    aside: ({ key }) => (key === 'overdue' ? <Reschedule today={today} /> : null),
    rowProps,
    ordered: view.name === 'list',
    more: long ? query : null,
  };

  return (
    <>
      {view.name === 'done' || view.name === 'search' ? null : (
        <QuickAdd view={view} today={today} />
      )}
      {tasks.length > 0 ? (
        <div className="-mb-4 mt-3 flex justify-end">
          <Button
            variant="ghost"
            size="sm"
            className="text-muted"
            aria-pressed={selected !== null}
            onClick={() => {
              setSelected(selected === null ? new Set() : null);
            }}
          >
            <ListChecks aria-hidden />
            {selected === null ? text.tasks.selectMany : text.tasks.selectDone}
          </Button>
        </div>
      ) : null}
      {query.isPending ? <ListSkeleton label={text.loading} /> : null}
      {query.isError && tasks.length === 0 ? (
        <ErrorState
          error={query.error}
          onRetry={() => {
            void query.refetch();
          }}
        />
      ) : null}
      {query.isSuccess && tasks.length === 0 ? <EmptyState view={view} /> : null}
      {long && view.name !== 'list' ? (
        <LongList {...list} fallback={<ShortList {...list} />} />
      ) : (
        <ShortList {...list} />
      )}
      {selected === null ? null : (
        <SelectionBar
          tasks={tasks.filter((task) => selected.has(task.id))}
          today={today}
          onSelectAll={() => {
            setSelected(new Set(tasks.map((task) => task.id)));
          }}
          onDone={() => {
            setSelected(null);
          }}
        />
      )}
      {opened.id === null ? null : (
        <OpenedTask
          key={opened.id}
          id={opened.id}
          known={tasks.find((task) => task.id === opened.id)}
          today={today}
          onClose={opened.close}
        />
      )}
    </>
  );
}

/** Becomes a menu when it is used; its code is loaded then. */
function Reschedule({ today }: { today: string }) {
  const { tasks: text } = useText();
  const [used, setUsed] = useState(false);
  const button = (
    <Button
      variant="ghost"
      size="sm"
      aria-busy={used}
      onClick={() => {
        setUsed(true);
      }}
    >
      {text.reschedule}
    </Button>
  );
  return used ? <RescheduleOverdue today={today} fallback={button} /> : button;
}

/** Every task in the document. */
function ShortList({ groups, heading, aside, rowProps, ordered, ...rest }: ListProps) {
  const { tasks: text } = useText();
  return groups.map((group) => {
    const words = heading(group);
    return (
      <section key={group.key} aria-labelledby={`group-${group.key}`} className="mt-6">
        <div className="flex flex-wrap items-end justify-between gap-x-4">
          <h2
            id={`group-${group.key}`}
            className={
              words === null
                ? 'sr-only'
                : `mb-1 px-1 text-sm font-semibold ${group.key === 'overdue' ? 'text-danger-text' : 'text-muted'}`
            }
          >
            {words ?? text.list}
          </h2>
          {aside(group)}
        </div>
        {ordered ? (
          <Suspense>
            <OrderedList tasks={group.tasks} rowProps={rowProps} {...rest} />
          </Suspense>
        ) : (
          <ul className="divide-y overflow-hidden rounded-lg border bg-panel">
            {group.tasks.map((task) => (
              <TaskRow
                key={task.id}
                {...rowProps(task)}
                showDate={group.key === 'overdue' || group.key === 'all'}
              />
            ))}
          </ul>
        )}
      </section>
    );
  });
}

function ListSkeleton({ label }: { label: string }) {
  return (
    <div className="mt-6 grid gap-2" aria-busy="true">
      <span className="sr-only">{label}</span>
      {[0, 1, 2, 3].map((row) => (
        <Skeleton key={row} className="h-12" />
      ))}
    </div>
  );
}
