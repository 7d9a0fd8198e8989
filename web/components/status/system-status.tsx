'use client';
// Whether each part works, which version it is, and its last hour. A page to keep open.
import { useQuery } from '@tanstack/react-query';
import { CircleAlert, CircleCheck } from 'lucide-react';
import { call } from '@/lib/api';
import { noteReports, versionsOf, type Report, type Reports } from '@/lib/last-hour';
import { usePerson } from '@/lib/session';
import { pageLanguage } from '@/text/languages';
import type { StatusText } from '@/text/status';
import { ErrorState } from '../tasks/error-state';
import { Skeleton } from '../ui/skeleton';
import { DeployHistory } from './deploy-history';
import { HourPlots } from './hour-plots';
import { SlowestTraces } from './slowest-traces';
import { useStatusText } from './use-status-text';

interface PartStatus {
  service: string;
  ready: boolean;
  /** By dependency: `ok`, or what is wrong. */
  checks: Record<string, string>;
  /** The service's clock minus the database's, ms; null when not known. */
  clockAheadMs: number | null;
  /** Waiting; null when the service could not be asked. */
  deadLetters: number | null;
  /** Ready ones; null when not known. */
  replicas: number | null;
  /** Of one replica; null when none reported. */
  process: Report | null;
}

interface StatusAnswer {
  services: PartStatus[];
  /** Events in the backend's outbox. */
  outbox: number;
  /** Connected to the replica that answered. */
  liveViews: number;
}

/** Clocks that differ by more than this are worth a word, in ms. */
const SKEW_SHOWN_MS = 2_000;
/** Only while the page is open, in ms. */
const REFRESH_MS = 10_000;

/** What was seen since the page was loaded. */
const reports: Reports = new Map();

/** @param traceUrl a trace's address in the trace store, with `{traceId}`; null: none is known */
export function SystemStatus({ traceUrl }: { traceUrl: string | null }) {
  const text = useStatusText();
  const { locale } = usePerson();
  const query = useQuery({
    queryKey: ['status'],
    queryFn: async ({ signal }) => {
      const answer = await call<StatusAnswer>('/ops/status', { signal });
      noteReports(reports, answer.services, Date.now());
      return answer;
    },
    refetchInterval: REFRESH_MS,
  });
  if (query.isPending) return <Skeleton className="h-40" />;
  if (query.isError && !query.data) {
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
  const { services: parts, outbox, liveViews } = query.data;
  return (
    <>
      <section aria-labelledby="parts">
        <div className="mb-2 flex flex-wrap items-baseline justify-between gap-x-3">
          <h2 id="parts" className="text-sm font-semibold text-muted">
            {text.parts}
          </h2>
          <p className="text-xs text-muted">
            {query.isError
              ? text.stale(new Date(query.dataUpdatedAt).toLocaleTimeString(locale))
              : text.refreshed(new Date(query.dataUpdatedAt).toLocaleTimeString(locale))}
          </p>
        </div>
        <ul className="grid grid-cols-1 gap-3 sm:grid-cols-2">
          {parts.map((part) => (
            <PartCard
              key={part.service}
              part={part}
              versions={versionsOf(reports, part.service, query.dataUpdatedAt)}
            />
          ))}
        </ul>
        <p className="mt-2 text-xs text-muted">{text.now(outbox, liveViews)}</p>
      </section>
      <HourPlots
        reports={reports}
        services={parts.map(({ service }) => service)}
        now={query.dataUpdatedAt}
      />
      <SlowestTraces reports={reports} now={query.dataUpdatedAt} traceUrl={traceUrl} />
      <DeployHistory parts={parts} />
    </>
  );
}

function clock(aheadSeconds: number, text: StatusText): string {
  return aheadSeconds > 0
    ? text.clockAhead(aheadSeconds)
    : text.clockBehind(Math.abs(aheadSeconds));
}

function PartCard({
  part,
  versions,
}: {
  part: PartStatus;
  versions: { version: string; replicas: number }[];
}) {
  const text = useStatusText();
  const { locale, zone } = usePerson();
  const { process: report } = part;
  const since = (instant: string) =>
    new Intl.DateTimeFormat(locale, {
      dateStyle: 'short',
      timeStyle: 'short',
      timeZone: zone,
    }).format(new Date(instant));
  const about = [
    ...(report === null
      ? []
      : [
          versions.length > 1
            ? text.versions(
                new Intl.ListFormat(pageLanguage(locale)).format(
                  versions.map(({ version, replicas }) => text.versionOn(version, replicas)),
                ),
              )
            : text.version(report.version),
        ]),
    ...(part.replicas === null ? [] : [text.replicas(part.replicas)]),
    ...(report === null ? [] : [text.since(since(report.startedAt))]),
  ];
  const details = [
    ...Object.entries(part.checks).map(([name, answer]) => `${name}: ${answer}`),
    ...(part.clockAheadMs === null || Math.abs(part.clockAheadMs) <= SKEW_SHOWN_MS
      ? []
      : [clock(Math.round(part.clockAheadMs / 1_000), text)]),
    ...(part.deadLetters === null ? [] : [text.waiting(part.deadLetters)]),
  ];
  return (
    <li className="min-w-0 rounded-lg border bg-panel px-4 py-3 text-sm">
      <div className="flex items-center justify-between gap-3">
        <h3 className="min-w-0 font-medium break-words">{part.service}</h3>
        <span
          className={`inline-flex shrink-0 items-center gap-1.5 ${part.ready ? 'text-good-text' : 'text-danger-text'}`}
        >
          {part.ready ? (
            <CircleCheck aria-hidden className="size-4" />
          ) : (
            <CircleAlert aria-hidden className="size-4" />
          )}
          {part.ready ? text.ok : text.failing}
        </span>
      </div>
      {about.length > 0 ? <p className="mt-1 break-words text-muted">{about.join(' · ')}</p> : null}
      <p className="mt-1 break-words text-muted">{details.join(' · ')}</p>
    </li>
  );
}
