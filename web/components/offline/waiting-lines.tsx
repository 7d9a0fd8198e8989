'use client';
// The lines of quick add that wait on the device.
import { CloudOff } from 'lucide-react';
import { usePerson } from '@/lib/session';
import { forgetWaiting, type Waiting } from '@/lib/waiting';
import { offlineTextFor } from '@/text/offline';
import type { Draft } from '../tasks/quick-add-draft';
import { Button } from '../ui/button';

export default function WaitingLines({
  lines,
  onEdit,
}: {
  lines: readonly Waiting[];
  onEdit: (draft: Draft) => void;
}) {
  const text = offlineTextFor(usePerson().locale);
  return (
    <ul aria-label={text.lines} className="divide-y border-t text-sm">
      {lines.map((entry) => {
        const { change } = entry;
        const draft = change.kind === 'task' ? undefined : change.draft;
        if (draft === undefined) return null;
        return (
          <li key={entry.key} className="flex flex-wrap items-center gap-x-2 gap-y-1 px-4 py-2">
            <CloudOff aria-hidden className="size-4 shrink-0 text-muted" />
            <span className="min-w-0 flex-1 basis-40">
              <bdi className="block [overflow-wrap:anywhere]">{draft.title}</bdi>
              {entry.problem === undefined ? null : (
                <span role="alert" className="text-danger-text">
                  {entry.problem}
                </span>
              )}
            </span>
            <span className="flex gap-1">
              <Button
                variant="ghost"
                size="sm"
                onClick={() => {
                  forgetWaiting(entry);
                  onEdit(draft);
                }}
              >
                {text.edit}
              </Button>
              <Button
                variant="ghost"
                size="sm"
                aria-label={text.discard(draft.title)}
                onClick={() => {
                  forgetWaiting(entry);
                }}
              >
                {text.discardShort}
              </Button>
            </span>
          </li>
        );
      })}
    </ul>
  );
}
