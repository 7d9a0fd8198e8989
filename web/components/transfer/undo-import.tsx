'use client';
// Takes one import back, after asking, and says what it kept.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Undo2 } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { useText } from '@/lib/session';
import { taskKeys } from '@/lib/task-query';
import { useReason } from '@/lib/tasks';
import { importsOptions, undoImport, type ImportState, type StoredImport } from '@/lib/transfer';
import { ConfirmDialog } from '../ui/alert-dialog';
import { Button } from '../ui/button';
import { useToast } from '../ui/toast';
import { useTransferText } from './use-transfer-text';

/** Kept tasks that are named. */
const MAX_NAMED = 10;

/** @param about what a screen reader calls the button, where `label` alone would not say which import */
export function UndoImport({
  made,
  label,
  about,
}: {
  made: Pick<StoredImport, 'id' | 'tasks' | 'deleted' | 'undoneAt'>;
  label: string;
  about?: string;
}) {
  const text = useTransferText();
  const { cancel } = useText();
  const client = useQueryClient();
  const toast = useToast();
  const reason = useReason();
  const [asking, setAsking] = useState(false);
  const [deleted, setDeleted] = useState(made.deleted);
  const undo = useMutation({
    mutationFn: () => undoImport(made.id, setDeleted),
    onError: (error) => {
      toast({ tone: 'danger', text: text.undoFailed(reason(error)) });
    },
    onSettled: () => {
      void client.invalidateQueries({ queryKey: importsOptions.queryKey });
      void client.invalidateQueries({ queryKey: taskKeys.all });
    },
  });
  if (undo.isSuccess) return <Undone state={undo.data} />;
  if (made.undoneAt !== null)
    return <p className="text-sm text-muted">{text.undone(made.deleted)}</p>;
  if (undo.isPending)
    return (
      <p role="status" className="text-sm text-muted">
        {text.undoing(deleted, made.tasks)}
      </p>
    );
  return (
    <div>
      <Button
        variant="outline"
        size="sm"
        aria-label={about}
        onClick={() => {
          setAsking(true);
        }}
      >
        <Undo2 aria-hidden />
        {made.deleted > 0 ? text.undoGoOn : label}
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={text.undoTitle(made.tasks)}
        description={text.undoHint}
        confirm={text.undo}
        cancel={cancel}
        onConfirm={() => {
          undo.mutate();
        }}
      />
    </div>
  );
}

function Undone({ state }: { state: ImportState }) {
  const text = useTransferText();
  const named = state.kept.slice(0, MAX_NAMED);
  return (
    <div role="status" className="grid gap-1 text-sm">
      <p className="font-medium">{text.undone(state.deleted)}</p>
      {state.keptCount === 0 ? null : (
        <>
          <p>{text.kept(state.keptCount)}</p>
          <ul className="list-disc ps-5">
            {named.map((task) => (
              <li key={task.id} className="[overflow-wrap:anywhere]">
                <Link href={`/tasks/${task.id}`} className="text-accent-text hover:underline">
                  <bdi>{task.title}</bdi>
                </Link>
              </li>
            ))}
          </ul>
          {state.keptCount > named.length ? (
            <p>{text.keptMore(state.keptCount - named.length)}</p>
          ) : null}
        </>
      )}
    </div>
  );
}
