'use client';
// Accepted, effects, lost, doubled.
import type { BreakState } from '@/lib/break-api';
import { usePerson } from '@/lib/session';
import { breakText } from '@/text/break';

export function BreakCounters({ counters }: { counters: BreakState['counters'] }) {
  const { locale } = usePerson();
  const text = breakText;
  const { accepted, effects, lost, doubled, waiting, unanswered, refused } = counters;
  const tiles = [
    { label: text.accepted, hint: text.acceptedHint, value: accepted, wrong: undefined },
    { label: text.effects, hint: text.effectsHint, value: effects, wrong: undefined },
    { label: text.lost, hint: text.lostHint, value: lost, wrong: lost > 0 },
    { label: text.doubled, hint: text.doubledHint, value: doubled, wrong: doubled > 0 },
  ];
  return (
    <section aria-labelledby="outcome">
      <h2 id="outcome" className="mb-2 text-sm font-semibold text-muted">
        {text.outcome}
      </h2>
      <dl className="grid grid-cols-2 gap-3 sm:grid-cols-4">
        {tiles.map(({ label, hint, value, wrong }) => (
          <div
            key={label}
            className={`flex flex-col rounded-lg border px-4 py-3 ${wrong === undefined ? 'bg-panel' : wrong ? 'border-danger/40 bg-danger-soft text-danger-text' : 'bg-good-soft text-good-text'}`}
          >
            <dt className="text-sm font-medium">{label}</dt>
            <dd className="mt-1 text-3xl font-semibold tabular-nums">
              {value.toLocaleString(locale)}
            </dd>
            <dd className="text-xs">{hint}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-2 text-xs text-muted">{text.others(waiting, unanswered, refused)}</p>
    </section>
  );
}
