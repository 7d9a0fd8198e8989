'use client';
// Everything that waits on the device, in the order it will be sent, and what can be done about it.
import { useQueryClient } from '@tanstack/react-query';
import type { Task } from '@todo/contracts/task';
import { call } from '@/lib/api';
import { writeDraft } from '@/lib/drafts';
import { mergeWaiting } from '@/lib/offline/send-waiting';
import { usePerson, useText } from '@/lib/session';
import { useOpenTask } from '@/lib/task-address';
import { taskKeys } from '@/lib/task-query';
import { forgetWaiting, useWaiting, type Waiting } from '@/lib/waiting';
import { offlineTextFor, type OfflineText } from '@/text/offline';
import { editDraftName } from '../tasks/use-task-edit';
import { Button } from '../ui/button';
import { Dialog, DialogContent } from '../ui/dialog';

function titleOf({ change }: Waiting): string {
  if (change.kind === 'line') return change.draft.title;
  return change.kind === 'add' ? change.task.title : change.change.task.title;
}

function wordsOf(entry: Waiting, text: OfflineText): string {
  const { change } = entry;
  return change.kind === 'task'
    ? text[change.change.kind](titleOf(entry))
    : text.add(titleOf(entry));
}

export default function WaitingPanel({ onClose }: { onClose: () => void }) {
  const { close } = useText();
  const person = usePerson();
  const text = offlineTextFor(person.locale);
  const client = useQueryClient();
  const { open } = useOpenTask();
  const entries = useWaiting(person.id);

  const discard = (entry: Waiting) => {
    forgetWaiting(entry);
    void client.invalidateQueries({ queryKey: taskKeys.all });
  };
  /** Opens the task with the edit in its form: the choice is made there. */
  const choose = async (entry: Waiting) => {
    const { change } = entry;
    if (change.kind !== 'task' || change.change.kind !== 'patch') return;
    const { id } = change.change.task;
    const now = await call<Task>(`/tasks/${id}`);
    const { theirs, merged, conflicts } = mergeWaiting(change.change, now, person.zone);
    writeDraft(person.id, editDraftName(id), { base: theirs, fields: merged, conflicts });
    forgetWaiting(entry);
    onClose();
    open(id);
  };

  return (
    <Dialog
      open
      onOpenChange={(wanted) => {
        if (!wanted) onClose();
      }}
    >
      <DialogContent shape="center" title={text.title} closeLabel={close}>
        <div className="px-5 pb-5">
          <p className="mb-3 text-sm text-muted">
            {entries.length === 0 ? text.nothing : text.hint}
          </p>
          <ul className="divide-y rounded-lg border bg-panel text-sm empty:hidden">
            {entries.map((entry) => (
              <li key={entry.key} className="flex flex-wrap items-center gap-x-2 gap-y-1 px-3 py-2">
                <span className="min-w-0 flex-1 basis-48 [overflow-wrap:anywhere]">
                  {wordsOf(entry, text)}
                  {entry.state === 'conflict' || entry.state === 'refused' ? (
                    <span className="block text-danger-text">{entry.problem ?? text.conflict}</span>
                  ) : null}
                </span>
                {entry.state === 'conflict' ? (
                  <Button
                    variant="outline"
                    size="sm"
                    onClick={() => {
                      choose(entry).catch(() => undefined); // nobody answers: it waits as before
                    }}
                  >
                    {text.choose}
                  </Button>
                ) : null}
                <Button
                  variant="ghost"
                  size="sm"
                  aria-label={text.discard(titleOf(entry))}
                  onClick={() => {
                    discard(entry);
                  }}
                >
                  {text.discardShort}
                </Button>
              </li>
            ))}
          </ul>
        </div>
      </DialogContent>
    </Dialog>
  );
}
