'use client';
// What the address of a deleted task shows: when it was deleted, and the ways out of the trash.
import Link from 'next/link';
import { instantLabel } from '@/lib/dates';
import { usePerson } from '@/lib/session';
import { useChangeTask } from '@/lib/tasks';
import type { TrashedTask } from '@/lib/trash';
import { trashTextFor } from '@/text/trash';
import { Button } from '../ui/button';

export function TaskInTrash({ trashed: { task, deletedAt } }: { trashed: TrashedTask }) {
  const person = usePerson();
  const text = trashTextFor(person.locale);
  const change = useChangeTask();
  return (
    <>
      <p className="text-sm text-muted [overflow-wrap:anywhere]">
        {text.inTrashHint(task.title, instantLabel(deletedAt, person))}
      </p>
      <div className="mt-4 flex flex-wrap gap-2">
        <Button
          disabled={change.isPending}
          onClick={() => {
            change.mutate({ kind: 'restore', task });
          }}
        >
          {text.restore}
        </Button>
        <Button variant="outline" asChild>
          <Link href="/trash">{text.toTrash}</Link>
        </Button>
      </div>
    </>
  );
}
