'use client';
// A small plot of an hour. The same numbers follow as a table for screen readers; lines differ in their dashes too, not in
// colour only. Drawn for a phone's width, so that its text can be read there.
import { useId } from 'react';
import { usePerson } from '@/lib/session';

/** A named line: instants in ms since the epoch. */
export interface Line {
  name: string;
  points: { at: number; value: number }[];
}

const WIDTH = 340;
const HEIGHT = 150;
const LEFT = 44;
const RIGHT = 8;
const TOP = 10;
const BOTTOM = 22;
/** Minutes further apart are not joined, ms. */
const GAP_MS = 5 * 60_000;
const LOOKS = [
  { stroke: 'stroke-accent', fill: 'fill-accent', dash: undefined },
  { stroke: 'stroke-danger', fill: 'fill-danger', dash: '6 3' },
  { stroke: 'stroke-ink', fill: 'fill-ink', dash: '2 3' },
  { stroke: 'stroke-warn-text', fill: 'fill-warn-text', dash: '8 3 2 3' },
] as const;

interface PlotProps {
  title: string;
  /** Under the title: what is drawn, in which unit. */
  hint: string;
  lines: Line[];
  /** The span drawn, ms since the epoch. */
  from: number;
  to: number;
  empty: string;
}

export function Plot({ title, hint, lines, from, to, empty }: PlotProps) {
  const { locale, zone } = usePerson();
  const id = useId();
  const shown = lines.filter((line) => line.points.length > 0);
  const top = niceTop(Math.max(0, ...shown.flatMap(({ points }) => points.map((p) => p.value))));
  const x = (at: number) => LEFT + ((at - from) / (to - from)) * (WIDTH - LEFT - RIGHT);
  const y = (value: number) => TOP + (1 - value / top) * (HEIGHT - TOP - BOTTOM);
  const time = (at: number) =>
    new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone: zone }).format(at);
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1, notation: 'compact' });
  return (
    <figure className="min-w-0 rounded-lg border bg-panel p-3" aria-labelledby={id}>
      <figcaption id={id} className="text-sm font-medium">
        {title}
        <span className="block text-xs font-normal text-muted">{hint}</span>
      </figcaption>
      <div className="relative">
        {shown.length === 0 ? (
          <p className="absolute inset-0 m-auto h-fit text-center text-sm text-muted">{empty}</p>
        ) : null}
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className="mt-1 h-auto w-full" aria-hidden>
          {[0, 0.5, 1].map((part) => (
            <g key={part}>
              <line
                x1={LEFT}
                x2={WIDTH - RIGHT}
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
                {number.format(top * part)}
              </text>
            </g>
          ))}
          {shown.map(({ name, points }, index) => {
            const look = LOOKS[index % LOOKS.length] ?? LOOKS[0];
            return (
              <g key={name}>
                {runs(points).map((run) =>
                  run.length === 1 ? (
                    <circle
                      key={run[0]?.at}
                      cx={x(run[0]?.at ?? from)}
                      cy={y(run[0]?.value ?? 0)}
                      r={2.5}
                      className={look.fill}
                    />
                  ) : (
                    <polyline
                      key={run[0]?.at}
                      fill="none"
                      strokeWidth={2}
                      strokeLinejoin="round"
                      strokeDasharray={look.dash}
                      className={look.stroke}
                      points={run.map((point) => `${x(point.at)},${y(point.value)}`).join(' ')}
                    />
                  ),
                )}
              </g>
            );
          })}
          <text x={LEFT} y={HEIGHT - 6} className="fill-muted text-[11px]">
            {time(from)}
          </text>
          <text
            x={WIDTH - RIGHT}
            y={HEIGHT - 6}
            textAnchor="end"
            className="fill-muted text-[11px]"
          >
            {time(to)}
          </text>
        </svg>
      </div>
      {shown.length > 1 ? (
        <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted">
          {shown.map(({ name }, index) => {
            const look = LOOKS[index % LOOKS.length] ?? LOOKS[0];
            return (
              <li key={name} className="flex items-center gap-1.5">
                <svg viewBox="0 0 24 4" className="h-1 w-6" aria-hidden>
                  <line
                    x1="0"
                    x2="24"
                    y1="2"
                    y2="2"
                    strokeWidth={3}
                    strokeDasharray={look.dash}
                    className={look.stroke}
                  />
                </svg>
                {name}
              </li>
            );
          })}
        </ul>
      ) : null}
      {/* around the table, which would be as wide as its text */}
      <div className="sr-only">
        <table>
          <caption>{`${title}: ${hint}`}</caption>
          <tbody>
            {shown.flatMap(({ name, points }) =>
              points.map(({ at, value }) => (
                <tr key={`${name} ${at}`}>
                  <th scope="row">{`${name}, ${time(at)}`}</th>
                  <td>{number.format(value)}</td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      </div>
    </figure>
  );
}

/** Points that belong together: a line across minutes without any would claim what nobody measured. */
function runs(points: Line['points']): Line['points'][] {
  const found: Line['points'][] = [];
  for (const point of points) {
    const last = found.at(-1)?.at(-1);
    if (last !== undefined && point.at - last.at <= GAP_MS) found.at(-1)?.push(point);
    else found.push([point]);
  }
  return found;
}

/** The next of 1, 2 or 5 times a power of ten. */
function niceTop(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5].find((step) => step * power >= value) ?? 10) * power;
}
