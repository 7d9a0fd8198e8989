'use client';
// What can be done with a saved filter as a whole.
import { useQuery } from '@tanstack/react-query';
import { ArrowDown, ArrowUp, Ellipsis, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { savedFiltersOptions, type SavedFilter } from '@/lib/filter-list';
import { useChangeFilter } from '@/lib/saved-filters';
import { usePerson, useText } from '@/lib/session';
import { filterTextFor } from '@/text/filters';
import { ConfirmDialog } from '../ui/alert-dialog';
import { Button } from '../ui/button';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from '../ui/dropdown-menu';

export function FilterActions({ saved, onEdit }: { saved: SavedFilter; onEdit: () => void }) {
  const app = useText();
  const text = filterTextFor(usePerson().locale);
  const change = useChangeFilter();
  const [removing, setRemoving] = useState(false);
  const filters = useQuery(savedFiltersOptions).data ?? [];
  const place = filters.findIndex(({ id }) => id === saved.id);
  const moveBehind = (after: number) => {
    change.mutate({ kind: 'change', id: saved.id, after: filters[after]?.id ?? null });
  };
  return (
    <>
      <div className="flex items-center gap-1">
        <Button variant="ghost" size="sm" onClick={onEdit}>
          <Pencil aria-hidden />
          {text.edit}
        </Button>
        <DropdownMenu>
          <DropdownMenuTrigger asChild>
            <Button variant="ghost" size="icon" aria-label={text.actions}>
              <Ellipsis />
            </Button>
          </DropdownMenuTrigger>
          <DropdownMenuContent align="end">
            <DropdownMenuItem
              disabled={place <= 0}
              onSelect={() => {
                moveBehind(place - 2);
              }}
            >
              <ArrowUp aria-hidden />
              {text.moveUp}
            </DropdownMenuItem>
            <DropdownMenuItem
              disabled={place < 0 || place === filters.length - 1}
              onSelect={() => {
                moveBehind(place + 1);
              }}
            >
              <ArrowDown aria-hidden />
              {text.moveDown}
            </DropdownMenuItem>
            <DropdownMenuItem
              danger
              onSelect={() => {
                setRemoving(true);
              }}
            >
              <Trash2 aria-hidden />
              {text.remove}
            </DropdownMenuItem>
          </DropdownMenuContent>
        </DropdownMenu>
      </div>
      <ConfirmDialog
        open={removing}
        onOpenChange={setRemoving}
        title={text.removeTitle(saved.name)}
        description={text.removeHint}
        confirm={text.remove}
        cancel={app.cancel}
        onConfirm={() => {
          change.mutate({ kind: 'remove', id: saved.id });
        }}
      />
    </>
  );
}
