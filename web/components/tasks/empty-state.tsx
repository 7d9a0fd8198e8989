'use client';
import { CircleCheckBig } from 'lucide-react';
import { useText } from '@/lib/session';
import type { View } from '@/lib/views';

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
