'use client';
// The lines of quick add that are not tasks yet: on their way, or failed while the next one was being typed.
import { useText } from '@/lib/session';
import { Button } from '../ui/button';
import type { UnsentLine } from './use-unsent-lines';

export function UnsentLines({
  lines,
  onRetry,
  onEdit,
  onDrop,
}: {
  lines: readonly UnsentLine[];
  onRetry: (line: UnsentLine) => void;
  onEdit: (line: UnsentLine) => void;
  onDrop: (line: UnsentLine) => void;
}) {
  const text = useText();
  if (lines.length === 0) return null;
  return (
    <ul aria-label={text.tasks.unsent} className="divide-y border-t text-sm">
      {lines.map((line) => (
        <li key={line.key} className="flex flex-wrap items-center gap-x-2 gap-y-1 px-4 py-2">
          {line.problem === null ? (
            <span className="animate-pulse text-muted [overflow-wrap:anywhere]">
              {text.tasks.adding(line.draft.title)}
            </span>
          ) : (
            <>
              <span role="alert" className="min-w-0 flex-1 basis-56 text-danger-text">
                <bdi className="block font-medium [overflow-wrap:anywhere]">{line.draft.title}</bdi>
                {line.problem}
              </span>
              <span className="flex gap-1">
                <Button
                  variant="outline"
                  size="sm"
                  onClick={() => {
                    onRetry(line);
                  }}
                >
                  {text.retry}
                </Button>
                <Button
                  variant="ghost"
                  size="sm"
                  onClick={() => {
                    onEdit(line);
                  }}
                >
                  {text.tasks.putBack}
                </Button>
                <Button
                  variant="ghost"
                  size="sm"
                  aria-label={text.tasks.drop(line.draft.title)}
                  onClick={() => {
                    onDrop(line);
                  }}
                >
                  {text.edit.discard}
                </Button>
              </span>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}
