'use client';
// The menu of a task's row. Loaded when the first one is about to be opened.
import { ArrowDown, ArrowUp, Pencil, Trash2 } from 'lucide-react';
import { useRef } from 'react';
import { useText } from '@/lib/session';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from '../ui/dropdown-menu';
import { RowMenuButton } from './row-menu-button';
import type { Moves } from './moves';

export default function RowMenu({
  label,
  onEdit,
  moves,
  onDelete,
}: {
  label: string;
  onEdit: () => void;
  moves: Moves | undefined;
  /** Also moves the focus, since the row goes. */
  onDelete: () => void;
}) {
  const text = useText();
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
