'use client';
import { useRouter } from 'next/navigation';
import { useText } from '@/lib/session';
import { useChangeList } from '@/lib/lists';
import type { TaskList } from '@/lib/task-list';
import { Dialog, DialogContent } from '../ui/dialog';
import { ListNameForm } from '../lists/list-name-form';

/** Asks for the name of a new list and goes there. `onClose` hears whether one was made. */
export default function NewList({ onClose }: { onClose: (made: boolean) => void }) {
  const text = useText();
  const router = useRouter();
  const change = useChangeList();
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose(false);
      }}
    >
      <DialogContent
        title={text.nav.newList}
        description={text.lists.newHint}
        closeLabel={text.close}
      >
        <ListNameForm
          initial=""
          action={text.lists.create}
          busy={change.isPending}
          onSubmit={(name) => {
            change.mutate(
              { kind: 'add', name },
              {
                onSuccess: (list) => {
                  router.push(`/lists/${(list as TaskList).id}`);
                  onClose(true);
                },
              },
            );
          }}
        />
      </DialogContent>
    </Dialog>
  );
}
