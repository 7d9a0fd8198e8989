'use client';
// A wide page (calendar, board) while its part is loading.
import { useText } from '@/lib/session';
import { Skeleton } from '../ui/skeleton';

export function WidePageLoading() {
  const { loading } = useText();
  return (
    <div aria-busy="true">
      <span className="sr-only">{loading}</span>
      <Skeleton className="h-96" />
    </div>
  );
}
