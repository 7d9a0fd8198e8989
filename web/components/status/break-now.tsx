'use client';
// Which fault is in, and which parts are not healthy.
import { CircleAlert, CircleCheck, Zap } from 'lucide-react';
import type { BreakState } from '@/lib/break-api';
import { breakText } from '@/text/break';

export function BreakNow({ state, isStale }: { state: BreakState; isStale: boolean }) {
  const text = breakText;
  const { current, unhealthy, parts, now } = state;
  return (
    <section aria-labelledby="state">
      <h2 id="state" className="mb-2 text-sm font-semibold text-muted">
        {text.state}
      </h2>
      <ul
        className="grid gap-1.5 rounded-lg border bg-panel px-4 py-3 text-sm"
        data-stale={isStale}
      >
        {current.map(({ number, name, target, begunAt, lastsMs, phase }) => {
          const [label] = text.fault(name, name);
          return (
            <li key={number} className="flex gap-2 font-medium text-warn-text">
              <Zap aria-hidden className="mt-0.5 size-4 shrink-0" />
              <span className="min-w-0 break-words">
                {phase === 'in'
                  ? text.isIn(label, target, begunAt + lastsMs - now)
                  : text.recovers(label, target)}
              </span>
            </li>
          );
        })}
        <li
          className={`flex gap-2 ${unhealthy.length === 0 ? 'text-good-text' : 'text-danger-text'}`}
        >
          {unhealthy.length === 0 ? (
            <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0" />
          ) : (
            <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          )}
          <span className="min-w-0 break-words">
            {unhealthy.length === 0 ? text.healthy(parts) : text.unhealthy(unhealthy, parts)}
          </span>
        </li>
        {isStale ? <li className="text-muted">{text.stale}</li> : null}
      </ul>
    </section>
  );
}
