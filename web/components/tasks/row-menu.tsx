'use client';
// The menu of a task's row. Loaded when the first one is about to be opened.
import type { Task } from '@todo/contracts/task';
import { ArrowDown, ArrowUp, Pencil, SkipForward, Trash2 } from 'lucide-react';
import { useRef } from 'react';
import { usePerson, useText } from '@/lib/session';
import { useSkip } from '@/lib/skip';
import { occurrenceTextFor } from '@/text/occurrence';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from '../ui/dropdown-menu';
import { RowMenuButton } from './row-menu-button';
import type { Moves } from './moves';

export default function RowMenu({
  task,
  today,
  label,
  onEdit,
  moves,
  onDelete,
}: {
  task: Task;
  today: string;
  label: string;
  onEdit: () => void;
  moves: Moves | undefined;
  /** Also moves the focus, since the row goes. */
  onDelete: () => void;
}) {
  const text = useText();
  const person = usePerson();
  const skip = useSkip(today);
  const moved = useRef(false);
  return (
    <DropdownMenu defaultOpen>
      <DropdownMenuTrigger asChild>
        <RowMenuButton label={label} />
      </DropdownMenuTrigger>
      <DropdownMenuContent
        align="end"
        onCloseAutoFocus={(event) => {
          if (moved.current) event.preventDefault(); // the focus went somewhere better
          moved.current = false;
        }}
      >
        <DropdownMenuItem onSelect={onEdit}>
          <Pencil aria-hidden />
          {text.tasks.editShort}
        </DropdownMenuItem>
        {task.recurrence === null || task.status === 'done' ? null : (
          <DropdownMenuItem
            onSelect={() => {
              skip(task);
            }}
          >
            <SkipForward aria-hidden />
            {occurrenceTextFor(person.locale).skip}
          </DropdownMenuItem>
        )}
        {moves === undefined ? null : (
          <>
            <DropdownMenuItem
              disabled={moves.up === null}
              onSelect={() => {
                moves.up?.();
              }}
            >
              <ArrowUp aria-hidden />
              {text.order.up}
            </DropdownMenuItem>
            <DropdownMenuItem
              disabled={moves.down === null}
              onSelect={() => {
                moves.down?.();
              }}
            >
              <ArrowDown aria-hidden />
              {text.order.down}
            </DropdownMenuItem>
          </>
        )}
        <DropdownMenuItem
          danger
          onSelect={() => {
            moved.current = true;
            onDelete();
          }}
        >
          <Trash2 aria-hidden />
          {text.tasks.deleteShort}
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
