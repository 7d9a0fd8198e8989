'use client';
// What can be done with a list as a whole, and what is done when somebody else did it: its page follows.
import { useQuery } from '@tanstack/react-query';
import { Ellipsis, Pencil, Trash2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import { listsOptions, useChangeList } from '@/lib/lists';
import type { TaskList } from '@/lib/task-list';
import { useText } from '@/lib/session';
import { ConfirmDialog } from '../ui/alert-dialog';
import { Button } from '../ui/button';
import { Dialog, DialogContent } from '../ui/dialog';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from '../ui/dropdown-menu';
import { useToast } from '../ui/toast';
import { ListNameForm } from './list-name-form';

export function ListActions({ list }: { list: TaskList }) {
  const text = useText();
  const toast = useToast();
  const change = useChangeList();
  useFollowing(list);
  const [doing, setDoing] = useState<'rename' | 'remove' | null>(null);
  const done = () => {
    setDoing(null);
  };
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button variant="ghost" size="icon" aria-label={text.lists.actions}>
            <Ellipsis />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end">
          <DropdownMenuItem
            onSelect={() => {
              setDoing('rename');
            }}
          >
            <Pencil aria-hidden />
            {text.lists.rename}
          </DropdownMenuItem>
          <DropdownMenuItem
            danger
            onSelect={() => {
              setDoing('remove');
            }}
          >
            <Trash2 aria-hidden />
            {text.lists.remove}
          </DropdownMenuItem>
        </DropdownMenuContent>
      </DropdownMenu>
      <Dialog
        open={doing === 'rename'}
        onOpenChange={(open) => {
          if (!open) done();
        }}
      >
        <DialogContent title={text.lists.rename} closeLabel={text.close}>
          <ListNameForm
            initial={list.name}
            action={text.save}
            busy={change.isPending}
            onSubmit={(name) => {
              change.mutate(
                { kind: 'rename', id: list.id, name },
                {
                  onSuccess: () => {
                    toast({ text: text.lists.renamed(name) });
                    done();
                  },
                },
              );
            }}
          />
        </DialogContent>
      </Dialog>
      <ConfirmDialog
        open={doing === 'remove'}
        onOpenChange={(open) => {
          if (!open) done();
        }}
        title={text.lists.removeTitle(list.name)}
        description={text.lists.removeHint}
        confirm={text.lists.remove}
        cancel={text.cancel}
        onConfirm={() => {
          change.mutate({ kind: 'remove', id: list.id });
        }}
      />
    </>
  );
}

/** Shows the list's new name, and leaves the page of a list that is gone, whoever changed it. */
function useFollowing(list: TaskList): void {
  const text = useText();
  const router = useRouter();
  const toast = useToast();
  const lists = useQuery(listsOptions).data;
  const name = lists?.find(({ id }) => id === list.id)?.name;
  const seen = useRef(false); // lists read before this one was made do not have it either
  const known = lists !== undefined;
  useEffect(() => {
    if (name !== undefined) {
      seen.current = true;
      if (name !== list.name) router.refresh();
    } else if (known && seen.current) {
      seen.current = false;
      toast({ text: text.lists.removed(list.name) });
      router.replace('/all');
    }
  }, [name, known, list.name, router, toast, text]);
}
