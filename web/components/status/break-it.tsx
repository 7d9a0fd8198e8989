'use client';
// Faults and load for the running system, and four counters that must stay right. A page to keep open.
import { useQuery } from '@tanstack/react-query';
import { breakState } from '@/lib/break-api';
import { breakText } from '@/text/break';
import { ErrorState } from '../tasks/error-state';
import { Skeleton } from '../ui/skeleton';
import { BreakCounters } from './break-counters';
import { BreakNow } from './break-now';
import { FaultButtons } from './fault-buttons';
import { LoadSlider } from './load-slider';
import { PastFaults } from './past-faults';

/** Only while the page is open, in ms. */
const REFRESH_MS = 1_000;

export function BreakIt() {
  const text = breakText;
  const query = useQuery({
    queryKey: ['break'],
    queryFn: breakState,
    refetchInterval: REFRESH_MS,
    retry: false,
  });
  const refresh = (): void => {
    void query.refetch();
  };
  if (query.isPending) return <Skeleton className="h-40" />;
  if (!query.data) {
    return <ErrorState title={text.loadFailed} error={query.error} onRetry={refresh} />;
  }
  const state = query.data;
  return (
    <div className="grid grid-cols-1 gap-8">
      <BreakCounters counters={state.counters} />
      <LoadSlider load={state.load} onSet={refresh} />
      <BreakNow state={state} isStale={query.isError} />
      <FaultButtons faults={state.faults} current={state.current} onPut={refresh} />
      <PastFaults past={state.past} />
    </div>
  );
}
