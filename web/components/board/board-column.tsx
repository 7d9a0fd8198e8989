'use client';
// A column of the board.
import { useDroppable } from '@dnd-kit/core';
import type { Task } from '@todo/contracts/task';
import { useState, type KeyboardEvent } from 'react';
import type { Column } from '@/lib/board/columns';
import { cn } from '@/lib/class-names';
import { usePerson } from '@/lib/session';
import { boardTextFor } from '@/text/views';
import { Button } from '../ui/button';
import { BoardCard } from './board-card';

/** Tasks that a column shows at first, and so many more each time. */
const SHOWN = 30;

export function BoardColumn({
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
  column: Column;
  /** All columns of the board. */
  others: readonly Column[];
  today: string;
  waiting: ReadonlySet<string>;
  lifted: { task: Task; from: string; to: string } | null;
  onOpen: (task: Task) => void;
  onPress: (event: KeyboardEvent, task: Task, column: Column) => void;
  onLeave: () => void;
  onPut: (task: Task, from: string, to: string) => void;
}) {
  const text = boardTextFor(usePerson().locale);
  const [limit, setLimit] = useState(SHOWN);
  const { setNodeRef, isOver } = useDroppable({
    id: `column ${column.key}`,
    data: { key: column.key },
    disabled: column.patch === null,
  });
  const { tasks } = column;
  return (
    <section
      ref={setNodeRef}
      data-column={column.key}
      aria-label={text.column(column.name, tasks.length)}
      className={cn(
        'flex max-h-[calc(100dvh-10rem)] w-[80vw] shrink-0 snap-start flex-col rounded-lg border sm:w-64',
        isOver || lifted?.to === column.key
          ? 'bg-accent-soft outline-2 -outline-offset-2 outline-accent'
          : 'bg-panel',
      )}
    >
      <h2 className="flex items-center gap-2 px-3 pt-2.5 pb-1.5 text-sm font-semibold">
        <bdi className="truncate">{column.name}</bdi>
        <span aria-hidden className="font-normal text-muted tabular-nums">
          {tasks.length}
        </span>
      </h2>
      {tasks.length === 0 ? (
        <p className="px-3 pb-3 text-sm text-muted">{text.empty}</p>
      ) : (
        <ul className="grid min-h-0 gap-1.5 overflow-y-auto px-2 pb-2">
          {tasks.slice(0, limit).map((task) => (
            <BoardCard
              key={task.id}
              task={task}
              column={column}
              others={others}
              today={today}
              waiting={waiting.has(task.id)}
              lifted={lifted?.task.id === task.id && lifted.from === column.key}
              onOpen={onOpen}
              onPress={onPress}
              onLeave={onLeave}
              onPut={onPut}
            />
          ))}
          {tasks.length > limit ? (
            <li>
              <Button
                variant="link"
                size="sm"
                onClick={() => {
                  setLimit(limit + SHOWN);
                }}
              >
                {text.more(Math.min(SHOWN, tasks.length - limit))}
              </Button>
            </li>
          ) : null}
        </ul>
      )}
    </section>
  );
}
