'use client';
// What was put in so far, and how long the system took to recover.
import type { FaultPast } from '@/lib/break-api';
import { usePerson } from '@/lib/session';
import { breakText } from '@/text/break';

export function PastFaults({ past }: { past: FaultPast[] }) {
  const { locale, zone } = usePerson();
  const text = breakText;
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'medium', timeZone: zone });
  return (
    <section aria-labelledby="past">
      <h2 id="past" className="mb-2 text-sm font-semibold text-muted">
        {text.past}
      </h2>
      {past.length === 0 ? (
        <p className="rounded-lg border bg-panel px-4 py-6 text-center text-sm">{text.nonePast}</p>
      ) : (
        <ol className="divide-y overflow-hidden rounded-lg border bg-panel text-sm">
          {past.map(({ number, name, target, endedAt, healthyAt, problem }) => (
            <li key={number} className="px-4 py-2.5">
              <div className="flex flex-wrap items-baseline justify-between gap-x-3">
                <span className="min-w-0 break-words">
                  <span className="font-medium">{text.fault(name, name)[0]}</span>
                  <span className="text-muted"> {target}</span>
                </span>
                <span className="text-xs text-muted">{time.format(endedAt)}</span>
              </div>
              <p className="text-xs text-muted">
                {problem === undefined
                  ? healthyAt === null
                    ? text.notHealed
                    : text.healedAfter(healthyAt - endedAt)
                  : text.notPut(problem)}
              </p>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
