'use client';
// The last hour as plots: how long people and events wait, and how much there is to do.
import { latencyPoints } from '@/lib/latency';
import { hourOf, type Minute, type Reports } from '@/lib/last-hour';
import { Plot, type Line } from './plot';
import { useStatusText } from './use-status-text';

const HOUR_MS = 3_600_000;

export function HourPlots({
  reports,
  services,
  now,
}: {
  reports: Reports;
  services: string[];
  now: number;
}) {
  const text = useStatusText();
  const span = { from: now - HOUR_MS, to: now, empty: text.nothingYet };
  const line = (service: string, read: (minute: Minute) => number | null): Line => ({
    name: service,
    points: hourOf(reports, service, now).flatMap((minute) => {
      const value = read(minute);
      return value === null ? [] : [{ at: minute.at, value }];
    }),
  });
  const backend = services[0] ?? '';
  return (
    <section aria-labelledby="hour" className="mt-8">
      <h2 id="hour" className="mb-2 text-sm font-semibold text-muted">
        {text.hour}
      </h2>
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
        <Plot
          {...span}
          title={text.eventEffect}
          hint={text.slowestMs}
          lines={services.map((service) => line(service, (minute) => minute.eventP99Ms))}
        />
        <Plot
          {...span}
          title={text.requestTime}
          hint={text.percentilesMs}
          lines={[
            { ...line(backend, (minute) => minute.requestP50Ms ?? null), name: text.p50 },
            { ...line(backend, (minute) => minute.requestP99Ms), name: text.p99 },
          ]}
        />
        <Plot
          {...span}
          title={text.liveLag}
          hint={text.percentilesMs}
          lines={[
            {
              ...line(backend, (minute) => minute.liveP50Ms ?? null),
              name: text.fromServer(text.p50),
            },
            { ...line(backend, (minute) => minute.liveP99Ms), name: text.fromServer(text.p99) },
            {
              name: text.toThisPage,
              points: latencyPoints().map(({ at, ms }) => ({ at, value: ms })),
            },
          ]}
        />
        <Plot
          {...span}
          title={text.outboxAge}
          hint={text.seconds}
          lines={services.map((service) => line(service, (minute) => minute.outboxMs / 1_000))}
        />
        <Plot
          {...span}
          title={text.requestCount}
          hint={text.aMinute}
          lines={[
            { ...line(backend, (minute) => minute.requests), name: text.answered },
            { ...line(backend, (minute) => minute.failed), name: text.failedRequests },
          ]}
        />
        <Plot
          {...span}
          title={text.eventCount}
          hint={text.aMinute}
          lines={services.map((service) => line(service, (minute) => minute.events || null))}
        />
      </div>
    </section>
  );
}
