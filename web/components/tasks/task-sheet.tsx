'use client';
// Everything about one task, to read and to change. Loaded when it is first opened.
import type { Task } from '@todo/contracts/task';
import { useEffect, useRef, useState } from 'react';
import { readDraft } from '@/lib/drafts';
import { usePerson, useText } from '@/lib/session';
import { useOpenTask } from '@/lib/task-address';
import { History } from '../history';
import { ConfirmDialog } from '../ui/alert-dialog';
import { Dialog, DialogContent } from '../ui/dialog';
import { useToast } from '../ui/toast';
import Subtasks from './subtasks';
import { TaskForm, type Edit } from './task-form';
import { editDraftName } from './use-task-edit';

export default function TaskSheet({
  task,
  today,
  onClose,
}: {
  task: Task;
  today: string;
  onClose: () => void;
}) {
  const text = useText();
  const person = usePerson();
  const edit = useRef<Edit>(null);
  const [asking, setAsking] = useState(false);
  useKeptNotice(task);
  const leave = () => {
    if (edit.current?.dirty === true) setAsking(true);
    else onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) leave();
      }}
    >
      <DialogContent shape="side" title={text.tasks.editTitle} closeLabel={text.close}>
        <div className="flex-1 overflow-y-auto">
          <TaskForm task={task} today={today} edit={edit} onCancel={leave} onDone={onClose} />
          <div className="grid gap-6 border-t px-5 py-5">
            <Subtasks parent={task} today={today} />
            {person.history ? (
              <section aria-labelledby="task-history">
                <h3 id="task-history" className="mb-2 text-sm font-semibold">
                  {text.tasks.history}
                </h3>
                <History path={`/tasks/${task.id}/history`} />
              </section>
            ) : null}
          </div>
        </div>
        <ConfirmDialog
          open={asking}
          onOpenChange={setAsking}
          title={text.edit.discardTitle}
          description={text.edit.discardHint(task.title)}
          confirm={text.edit.discard}
          cancel={text.edit.keepEditing}
          onConfirm={() => {
            edit.current?.forget();
            onClose();
          }}
        />
      </DialogContent>
    </Dialog>
  );
}

/** Left by Back with something typed: says that it is kept, and leads back to it. */
function useKeptNotice({ id, title }: Task): void {
  const text = useText();
  const person = usePerson();
  const toast = useToast();
  const { open } = useOpenTask();
  const titleNow = useRef(title);
  useEffect(() => {
    titleNow.current = title;
  }, [title]);
  useEffect(
    () => () => {
      if (readDraft(person.id, editDraftName(id)) === undefined) return;
      toast({
        text: text.edit.kept(titleNow.current),
        action: {
          label: text.edit.goOn,
          run: () => {
            open(id);
          },
        },
      });
    },
    [id, person.id, toast, text, open],
  );
}
