'use client';
// Whether each part works, and how long events take.
import { useQuery } from '@tanstack/react-query';
import { CircleAlert, CircleCheck } from 'lucide-react';
import { call } from '@/lib/api';
import { latencyPoints } from '@/lib/latency';
import { usePerson, useText } from '@/lib/session';
import { ErrorState } from '../tasks/list-states';
import { Skeleton } from '../ui/skeleton';
import { LatencyPlot } from './latency-plot';

interface StatusAnswer {
  services: {
    service: string;
    ready: boolean;
    /** By dependency: `ok`, or what is wrong. */
    checks: Record<string, string>;
    /** The service's clock minus the database's, ms; null when not known. */
    clockAheadMs: number | null;
    /** Waiting; null when the service could not be asked. */
    deadLetters: number | null;
  }[];
}

/** Clocks that differ by more than this are worth a word, in ms. */
const SKEW_SHOWN_MS = 2_000;
/** Only while the page is open, in ms. */
const REFRESH_MS = 10_000;

export function SystemStatus() {
  const { status: text } = useText();
  const { locale } = usePerson();
  const query = useQuery({
    queryKey: ['status'],
    queryFn: ({ signal }) => call<StatusAnswer>('/ops/status', { signal }),
    refetchInterval: REFRESH_MS,
  });
  if (query.isPending) return <Skeleton className="h-40" />;
  if (query.isError) {
    return (
      <ErrorState
        title={text.failed}
        error={query.error}
        onRetry={() => {
          void query.refetch();
        }}
      />
    );
  }
  const parts = query.data.services;
  const latency = latencyPoints();
  return (
    <>
      <div>
        <div className="mb-2 flex items-baseline justify-between gap-3">
          <h2 id="parts" className="text-sm font-semibold text-muted">
            {text.parts}
          </h2>
          <p className="text-xs text-muted">
            {text.refreshed(new Date(query.dataUpdatedAt).toLocaleTimeString(locale))}
          </p>
        </div>
        <div
          className="overflow-x-auto rounded-lg border bg-panel"
          tabIndex={0}
          role="region"
          aria-labelledby="parts"
        >
          <table className="w-full text-left text-sm">
            <thead className="border-b text-xs text-muted">
              <tr>
                <th scope="col" className="px-4 py-2 font-medium">
                  {text.part}
                </th>
                <th scope="col" className="px-4 py-2 font-medium">
                  {text.state}
                </th>
                <th scope="col" className="px-4 py-2 font-medium">
                  {text.detail}
                </th>
              </tr>
            </thead>
            <tbody className="divide-y">
              {parts.map((part) => (
                <tr key={part.service}>
                  <th scope="row" className="px-4 py-2 font-medium whitespace-nowrap">
                    {part.service}
                  </th>
                  <td className="px-4 py-2">
                    <span
                      className={`inline-flex items-center gap-1.5 whitespace-nowrap ${part.ready ? 'text-good-text' : 'text-danger-text'}`}
                    >
                      {part.ready ? (
                        <CircleCheck aria-hidden className="size-4" />
                      ) : (
                        <CircleAlert aria-hidden className="size-4" />
                      )}
                      {part.ready ? text.ok : text.failing}
                    </span>
                  </td>
                  <td className="px-4 py-2 text-muted">
                    {[
                      ...Object.entries(part.checks).map(([name, answer]) => `${name}: ${answer}`),
                      ...(part.clockAheadMs === null || Math.abs(part.clockAheadMs) <= SKEW_SHOWN_MS
                        ? []
                        : [text.clock(part.clockAheadMs)]),
                      ...(part.deadLetters === null ? [] : [text.waiting(part.deadLetters)]),
                    ].join(' · ')}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </div>
      {latency.length > 1 ? (
        <section aria-labelledby="latency" className="mt-8">
          <h2 id="latency" className="text-sm font-semibold text-muted">
            {text.latency}
          </h2>
          <p className="mb-2 text-xs text-muted">{text.latencyHint}</p>
          <LatencyPlot points={latency} label={text.latency} />
        </section>
      ) : null}
    </>
  );
}
