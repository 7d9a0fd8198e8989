'use client';
// What took longest in the last hour, with the trace to look for: no trace store is needed to know which.
import { slowestOf, type Reports } from '@/lib/last-hour';
import { usePerson } from '@/lib/session';
import { Badge } from '../ui/badge';
import { useStatusText } from './use-status-text';

/** A duration as the locale writes it, from a second on in seconds. */
function duration(ms: number, locale: string): string {
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  return ms < 1_000 ? `${number.format(ms)} ms` : `${number.format(ms / 1_000)} s`;
}

export function SlowestTraces({
  reports,
  now,
  traceUrl,
}: {
  reports: Reports;
  now: number;
  traceUrl: string | null;
}) {
  const text = useStatusText();
  const { locale, zone } = usePerson();
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'medium', timeZone: zone });
  const slowest = slowestOf(reports, now);
  return (
    <section aria-labelledby="slowest" className="mt-8">
      <h2 id="slowest" className="text-sm font-semibold text-muted">
        {text.slowest}
      </h2>
      <p className="mb-2 text-xs text-muted">{text.slowestHint}</p>
      {slowest.length === 0 ? (
        <p className="rounded-lg border bg-panel px-4 py-6 text-center text-sm">{text.noSlowest}</p>
      ) : (
        <ol className="divide-y overflow-hidden rounded-lg border bg-panel text-sm">
          {slowest.map(({ at, ms, name, service, failed, traceId }, index) => (
            <li key={`${traceId ?? index} ${service} ${at} ${name}`} className="px-4 py-2.5">
              <div className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
                <span className="min-w-16 font-medium tabular-nums">{duration(ms, locale)}</span>
                <span className="min-w-0 [overflow-wrap:anywhere]">{name}</span>
                <Badge>{service}</Badge>
                {failed ? <span className="text-danger-text">{text.failedRequest}</span> : null}
                <span className="ms-auto text-xs text-muted">{time.format(at)}</span>
              </div>
              {traceId === undefined ? null : (
                <p className="mt-1 font-mono text-xs text-muted [overflow-wrap:anywhere]">
                  {traceUrl === null ? (
                    traceId
                  ) : (
                    <a
                      className="underline"
                      href={traceUrl.replaceAll('{traceId}', traceId)}
                      aria-label={text.trace(traceId)}
                    >
                      {traceId}
                    </a>
                  )}
                </p>
              )}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
