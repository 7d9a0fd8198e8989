'use client';
// The task of the address, over the list: read by itself, so that it opens from any link. Loaded when one is first opened.
import type { Task } from '@todo/contracts/task';
import { useQuery } from '@tanstack/react-query';
import { call } from '@/lib/api';
import { ApiError } from '@/lib/api-error';
import { usePerson, useText } from '@/lib/session';
import { taskKeys } from '@/lib/task-query';
import { trashedOptions } from '@/lib/trash';
import { trashTextFor } from '@/text/trash';
import { Dialog, DialogContent } from '../ui/dialog';
import { Skeleton } from '../ui/skeleton';
import { ErrorState } from './error-state';
import { TaskInTrash } from './task-in-trash';
import TaskSheet from './task-sheet';

export default function OpenedTask({
  id,
  known,
  today,
  onClose,
}: {
  id: string;
  /** As the list below has it. */
  known: Task | undefined;
  today: string;
  onClose: () => void;
}) {
  const text = useText();
  const query = useQuery({
    queryKey: taskKeys.one(id),
    queryFn: ({ signal }) => call<Task>(`/tasks/${id}`, { signal }),
    ...(known === undefined ? {} : { initialData: known, initialDataUpdatedAt: 0 }),
  });
  const missing = query.error instanceof ApiError && query.error.status === 404;
  const trashed = useQuery({ ...trashedOptions(id), enabled: missing });
  const trashText = trashTextFor(usePerson().locale);
  if (query.data !== undefined)
    return <TaskSheet task={query.data} today={today} onClose={onClose} />;
  const lost = missing && trashed.isError;
  const title = lost ? text.edit.missing : missing ? trashText.inTrash : text.tasks.editTitle;
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <DialogContent shape="side" title={title} closeLabel={text.close}>
        <div className="px-5 pb-5">
          {lost ? <p className="text-sm text-muted">{text.edit.missingHint}</p> : null}
          {missing && trashed.data ? <TaskInTrash trashed={trashed.data} /> : null}
          {query.isError && !missing ? (
            <ErrorState
              error={query.error}
              onRetry={() => {
                void query.refetch();
              }}
            />
          ) : null}
          {query.isPending || (missing && trashed.isPending) ? <Skeleton className="h-40" /> : null}
        </div>
      </DialogContent>
    </Dialog>
  );
}
