'use client';
// A task on the board.
import { useDraggable } from '@dnd-kit/core';
import type { Task } from '@todo/contracts/task';
import { ArrowLeftRight } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import type { Column } from '@/lib/board/columns';
import { cn } from '@/lib/class-names';
import { usePerson, useText } from '@/lib/session';
import { useChangeTask } from '@/lib/tasks';
import { boardTextFor } from '@/text/views';
import { Button } from '../ui/button';
import { Checkbox } from '../ui/checkbox';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from '../ui/dropdown-menu';
import { CardFace } from './card-face';

export function BoardCard({
  task,
  column,
  others,
  today,
  waiting,
  lifted,
  onOpen,
  onPress,
  onLeave,
  onPut,
}: {
  task: Task;
  column: Column;
  others: readonly Column[];
  today: string;
  waiting: boolean;
  lifted: boolean;
  onOpen: (task: Task) => void;
  onPress: (event: KeyboardEvent, task: Task, column: Column) => void;
  onLeave: () => void;
  onPut: (task: Task, from: string, to: string) => void;
}) {
  const { locale } = usePerson();
  const app = useText();
  const text = boardTextFor(locale);
  const change = useChangeTask();
  const { setNodeRef, listeners, isDragging } = useDraggable({
    id: `${column.key} ${task.id}`,
    data: { task, from: column.key },
  });
  return (
    <li
      ref={setNodeRef}
      {...listeners}
      data-task={task.id}
      className={cn(
        'flex items-start gap-2 rounded-md border bg-raised p-2',
        isDragging && 'opacity-50',
        lifted && 'shadow-lg outline-2 outline-accent',
      )}
    >
      <Checkbox
        className="mt-0.5"
        checked={false}
        aria-label={app.tasks.complete(task.title)}
        onCheckedChange={() => {
          change.mutate({ kind: 'complete', task });
        }}
      />
      <button
        type="button"
        data-open
        title={text.how}
        aria-pressed={lifted || undefined}
        aria-keyshortcuts="Space"
        onClick={() => {
          if (!lifted) onOpen(task);
        }}
        onKeyDown={(event) => {
          onPress(event, task, column);
        }}
        onBlur={({ currentTarget }) => {
          // It keeps the focus while another window is in front.
          if (lifted && document.activeElement !== currentTarget) onLeave();
        }}
        className="min-w-0 flex-1 rounded-sm text-start"
      >
        <CardFace task={task} today={today} waiting={waiting} />
      </button>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button
            variant="ghost"
            size="tiny"
            aria-label={text.move(task.title)}
            title={text.move(task.title)}
            className="-my-0.5 text-muted"
          >
            <ArrowLeftRight aria-hidden />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end" className="max-h-80 overflow-y-auto">
          {others
            .filter(({ key, patch }) => patch !== null && key !== column.key)
            .map(({ key, name }) => (
              <DropdownMenuItem
                key={key}
                onSelect={() => {
                  onPut(task, column.key, key);
                }}
              >
                {text.moveTo(name)}
              </DropdownMenuItem>
            ))}
        </DropdownMenuContent>
      </DropdownMenu>
    </li>
  );
}
