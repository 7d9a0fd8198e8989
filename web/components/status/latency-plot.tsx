'use client';
import { usePerson } from '@/lib/session';
import type { LatencyPoint } from '@/lib/latency';

const WIDTH = 640;
const HEIGHT = 160;
const LEFT = 48;
const BOTTOM = 24;

/** A line over time; the same numbers follow as a table for screen readers. */
export function LatencyPlot({ points, label }: { points: LatencyPoint[]; label: string }) {
  const { locale, zone } = usePerson();
  const first = points[0]?.at ?? 0;
  const span = Math.max(1, (points.at(-1)?.at ?? 0) - first);
  const top = Math.max(1, ...points.map((point) => point.ms));
  const x = (at: number) => LEFT + ((at - first) / span) * (WIDTH - LEFT - 8);
  const y = (ms: number) => 8 + (1 - ms / top) * (HEIGHT - BOTTOM - 8);
  const time = (at: number) =>
    new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone: zone }).format(at);
  return (
    <figure className="rounded-lg border bg-panel p-3">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        className="h-auto w-full"
        role="img"
        aria-label={label}
      >
        {[0, 0.5, 1].map((part) => (
          <g key={part}>
            <line
              x1={LEFT}
              x2={WIDTH - 8}
              y1={y(top * part)}
              y2={y(top * part)}
              className="stroke-line"
            />
            <text
              x={LEFT - 6}
              y={y(top * part) + 4}
              textAnchor="end"
              className="fill-muted text-[11px]"
            >
              {Math.round(top * part)}
            </text>
          </g>
        ))}
        <polyline
          fill="none"
          strokeWidth={2}
          strokeLinejoin="round"
          className="stroke-accent"
          points={points.map((point) => `${x(point.at)},${y(point.ms)}`).join(' ')}
        />
        <text x={LEFT} y={HEIGHT - 6} className="fill-muted text-[11px]">
          {time(first)}
        </text>
        <text x={WIDTH - 8} y={HEIGHT - 6} textAnchor="end" className="fill-muted text-[11px]">
          {time(first + span)}
        </text>
      </svg>
      <table className="sr-only">
        <caption>{label}</caption>
        <tbody>
          {points.map((point) => (
            <tr key={point.at}>
              <th scope="row">{time(point.at)}</th>
              <td>{point.ms} ms</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
