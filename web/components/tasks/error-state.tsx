'use client';
import { CircleAlert } from 'lucide-react';
import { useReason } from '@/lib/tasks';
import { useText } from '@/lib/session';
import { Button } from '../ui/button';

/** Why nothing is there, with another try. */
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
