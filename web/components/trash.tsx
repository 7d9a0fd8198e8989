'use client';
// Deleted tasks, newest deletion first, to be restored or erased.
import { useInfiniteQuery } from '@tanstack/react-query';
import { RotateCcw, Trash2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { instantLabel } from '@/lib/dates';
import { usePerson, useText } from '@/lib/session';
import { useChangeTask } from '@/lib/tasks';
import { trashOptions, useErase, type TrashedTask } from '@/lib/trash';
import { trashTextFor } from '@/text/trash';
import { ErrorState } from './tasks/error-state';
import { ConfirmDialog } from './ui/alert-dialog';
import { Button } from './ui/button';
import { Skeleton } from './ui/skeleton';

const DAY_MS = 86_400_000;

export function Trash() {
  const app = useText();
  const text = trashTextFor(usePerson().locale);
  const query = useInfiniteQuery(trashOptions);
  const change = useChangeTask();
  const erase = useErase();
  const [now] = useState(() => Date.now());
  const [asked, setAsked] = useState<TrashedTask | 'all' | null>(null);
  const top = useRef<HTMLDivElement>(null);
  // The row with the focus is about to go.
  const stay = () => top.current?.focus();
  if (query.isPending) return <Skeleton className="h-40" />;
  if (query.isError) {
    return (
      <ErrorState
        title={text.failed}
        error={query.error}
        onRetry={() => {
          void query.refetch();
        }}
      />
    );
  }
  const items = query.data.pages.flatMap((page) => page.items);
  return (
    <div ref={top} tabIndex={-1} className="outline-none">
      {items.length === 0 ? (
        <div className="mt-10 flex flex-col items-center gap-1 px-6 py-10 text-center">
          <Trash2 aria-hidden className="mb-2 size-8 text-accent-text" />
          <p className="font-medium">{text.empty}</p>
          <p className="max-w-sm text-sm text-muted">{text.emptyHint}</p>
        </div>
      ) : (
        <>
          <div className="mb-2 flex flex-wrap items-center justify-between gap-2">
            <p className="text-sm text-muted">{text.hint}</p>
            <Button
              variant="outline"
              size="sm"
              disabled={erase.isPending}
              onClick={() => {
                setAsked('all');
              }}
            >
              {text.emptyNow}
            </Button>
          </div>
          <ul
            aria-label={text.list}
            className="divide-y overflow-hidden rounded-lg border bg-panel"
          >
            {items.map((item) => (
              <Item
                key={item.task.id}
                item={item}
                now={now}
                busy={change.isPending || erase.isPending}
                onRestore={() => {
                  stay();
                  change.mutate({ kind: 'restore', task: item.task });
                }}
                onErase={() => {
                  setAsked(item);
                }}
              />
            ))}
          </ul>
        </>
      )}
      {query.hasNextPage ? (
        <div className="mt-4 flex justify-center">
          <Button
            variant="outline"
            onClick={() => {
              void query.fetchNextPage();
            }}
          >
            {app.more}
          </Button>
        </div>
      ) : null}
      <ConfirmDialog
        open={asked !== null}
        onOpenChange={(open) => {
          if (!open) setAsked(null);
        }}
        title={
          asked === 'all' || asked === null ? text.emptyTitle : text.eraseTitle(asked.task.title)
        }
        description={asked === 'all' || asked === null ? text.emptyWarning : text.eraseHint}
        confirm={asked === 'all' || asked === null ? text.emptyNow : text.erase}
        cancel={app.cancel}
        onConfirm={() => {
          if (asked === null) return;
          erase.mutate(asked, { onSuccess: stay });
        }}
      />
    </div>
  );
}

function Item({
  item,
  now,
  busy,
  onRestore,
  onErase,
}: {
  item: TrashedTask;
  /** ms since the epoch. */
  now: number;
  busy: boolean;
  onRestore: () => void;
  onErase: () => void;
}) {
  const person = usePerson();
  const text = trashTextFor(person.locale);
  const { task, deletedAt, erasedAfter, subtasks } = item;
  const days = Math.ceil((Date.parse(erasedAfter) - now) / DAY_MS);
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-3">
      <div className="me-auto min-w-0 flex-1 basis-56">
        <p className="text-sm [overflow-wrap:anywhere]">
          <bdi>{task.title}</bdi>
          {subtasks === 0 ? null : (
            <span className="text-muted"> · {text.withSubtasks(subtasks)}</span>
          )}
        </p>
        <p className="mt-0.5 text-xs text-muted">
          {text.deleted(instantLabel(deletedAt, person))} ·{' '}
          {days <= 0 ? text.lastDay : text.left(days)}
        </p>
      </div>
      <div className="flex gap-1">
        <Button
          variant="outline"
          size="sm"
          aria-label={text.restoreOf(task.title)}
          disabled={busy}
          onClick={onRestore}
        >
          <RotateCcw aria-hidden />
          {text.restore}
        </Button>
        <Button
          variant="ghost"
          size="icon"
          aria-label={text.eraseOf(task.title)}
          title={text.erase}
          disabled={busy}
          className="text-danger-text"
          onClick={onErase}
        >
          <Trash2 aria-hidden />
        </Button>
      </div>
    </li>
  );
}
