'use client';
// Which versions ran, by what each part noted in its own database when it started.
import { instantLabel } from '@/lib/dates';
import { deploysOf, type Report } from '@/lib/last-hour';
import { usePerson } from '@/lib/session';
import { useStatusText } from './use-status-text';

export function DeployHistory({ parts }: { parts: { service: string; process: Report | null }[] }) {
  const text = useStatusText();
  const person = usePerson();
  const deploys = deploysOf(parts);
  return (
    <section aria-labelledby="deploys" className="mt-8">
      <h2 id="deploys" className="text-sm font-semibold text-muted">
        {text.history}
      </h2>
      <p className="mb-2 text-xs text-muted">{text.historyHint}</p>
      {deploys.length === 0 ? (
        <p className="rounded-lg border bg-panel px-4 py-6 text-center text-sm">{text.noHistory}</p>
      ) : (
        <ol className="divide-y overflow-hidden rounded-lg border bg-panel text-sm">
          {deploys.map(({ version, since, services }) => (
            <li key={`${since} ${services[0] ?? ''}`} className="px-4 py-2.5">
              <div className="flex flex-wrap items-baseline justify-between gap-x-3">
                <span className="min-w-0 font-medium [overflow-wrap:anywhere]">
                  {text.version(version)}
                </span>
                <span className="text-xs text-muted">{instantLabel(since, person)}</span>
              </div>
              <p className="text-xs text-muted">{services.join(' · ')}</p>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
