'use client';
import { CircleAlert, CircleCheckBig } from 'lucide-react';
import { useReason } from '@/lib/tasks';
import { useText } from '@/lib/session';
import type { View } from '@/lib/views';
import { Button } from '../ui/button';

export function EmptyState({ view }: { view: View }) {
  const { tasks: text } = useText();
  const [title, hint] = {
    today: [text.emptyToday, text.emptyTodayHint],
    upcoming: [text.emptyUpcoming, text.emptyUpcomingHint],
    all: [text.emptyAll, text.emptyAllHint],
    done: [text.emptyDone, text.emptyDoneHint],
    tag: [text.emptyTag, text.emptyTagHint],
    list: [text.emptyList, text.emptyListHint],
    filter: [text.emptySearch, text.emptyFilterHint],
    search: [text.emptySearch, text.emptySearchHint],
  }[view.name] as [string, string];
  return (
    <div className="mt-10 flex flex-col items-center gap-1 px-6 py-10 text-center">
      <CircleCheckBig aria-hidden className="mb-2 size-8 text-accent-text" />
      <p className="font-medium">{title}</p>
      <p className="max-w-sm text-sm text-muted">{hint}</p>
    </div>
  );
}

export function ErrorState({
  error,
  onRetry,
  title,
}: {
  error: Error;
  onRetry: () => void;
  title?: string;
}) {
  const text = useText();
  const reason = useReason();
  return (
    <div
      role="alert"
      className="mt-6 flex flex-col items-center gap-1 rounded-lg border border-danger/40 bg-danger-soft px-6 py-8 text-center text-danger-text"
    >
      <CircleAlert aria-hidden className="mb-1 size-6" />
      <p className="font-medium">{title ?? text.tasks.loadFailed}</p>
      <p className="text-sm">{reason(error)}</p>
      <Button variant="outline" className="mt-3" onClick={onRetry}>
        {text.retry}
      </Button>
    </div>
  );
}
