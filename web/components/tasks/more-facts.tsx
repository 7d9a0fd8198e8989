// What a row says of its task beyond its own fields' badges: its list, that it has notes, and its subtasks.
import type { Task } from '@todo/contracts/task';
import { List } from 'lucide-react';
import type { ReactNode } from 'react';
import type { SubtaskCount } from '@/lib/task-query';
import type { Text } from '@/text';
import { Badge } from '../ui/badge';

/** The badges, null for those that the task has no use for. */
export function moreFacts(
  task: Task,
  { listName, text }: { listName: string | undefined; text: Text },
): (ReactNode | null)[] {
  return [
    listName === undefined ? null : (
      <Badge key="list">
        <List aria-hidden />
        <span className="sr-only">{text.lists.label}: </span>
        <bdi className="max-w-40 truncate">{listName}</bdi>
      </Badge>
    ),
    task.notes.trim() === '' ? null : (
      <Badge key="notes" title={text.tasks.notes}>
        <span aria-hidden>≡</span>
        <span className="sr-only">{text.tasks.notes}</span>
      </Badge>
    ),
  ];
}

/** How many subtasks are done; pressed, it shows them below the row. */
export function SubtaskFact({
  count,
  open,
  label,
  onToggle,
}: {
  count: SubtaskCount;
  open: boolean;
  label: string;
  onToggle: () => void;
}) {
  return (
    <button
      type="button"
      aria-expanded={open}
      aria-label={`${label}: ${count.done}/${count.total}`}
      onClick={onToggle}
      className="relative inline-flex items-center gap-1 rounded bg-ink/6 px-1.5 py-0.5 text-xs font-medium text-muted tabular-nums after:absolute after:-inset-y-2 after:inset-x-0 hover:bg-ink/12"
    >
      <span aria-hidden>{open ? '▾' : '▸'}</span>
      {count.done}/{count.total}
    </button>
  );
}
