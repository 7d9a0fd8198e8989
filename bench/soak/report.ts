// A soak's result as text and as a picture: each series with its slope, its interval and a verdict.
import type { Measured, Series } from './measures.ts';
import { floorOf, grows, slopeOf, warmedUp, type Point, type Slope } from './slope.ts';

const HOUR = 3_600;

/** A series with what was found of it. */
export interface Judged {
  readonly name: string;
  readonly series: Series;
  readonly slope: Slope;
  /** Grows more than allowed; undefined: it may. */
  readonly leaks: boolean | undefined;
}

/** Judges every series that has points enough. */
export function judged(measured: Measured): Judged[] {
  return [...measured].flatMap(([name, series]) => {
    const points = usedOf(series);
    if (points.length < 6) return [];
    const slope = slopeOf(points);
    return [{ name, series, slope, leaks: series.allowed && grows(slope, series.allowed) }];
  });
}

function usedOf({ points, floor }: Series): Point[] {
  return floor ? floorOf(warmedUp(points)) : warmedUp(points);
}

/** The table of a report, in Markdown. */
export function markdown(all: readonly Judged[]): string {
  const lines = all.map(({ name, series: { unit }, slope, leaks }) => {
    const { mean, slope: a, low, high } = slope;
    const hourly = [a, low, high].map((value) => (value * HOUR).toFixed(1));
    const verdict = leaks === undefined ? 'grows with use' : leaks ? '**grows**' : 'steady';
    return `| ${name} | ${mean.toFixed(1)} ${unit} | ${hourly[0] ?? ''} (${hourly[1] ?? ''} to ${hourly[2] ?? ''}) | ${verdict} |`;
  });
  return [
    '| series | mean | growth an hour (95 %) | verdict |',
    '| --- | ---: | ---: | --- |',
    ...lines,
  ].join('\n');
}

const PANEL = { width: 260, height: 90, gap: 34, columns: 3 };
const TOP = 56;

/** Every chosen series as a small plot, with the line that was fitted. */
export function svg(title: string, subtitle: string, all: readonly Judged[]): string {
  const { width, height, gap, columns } = PANEL;
  const rows = Math.ceil(all.length / columns);
  const size = { width: columns * (width + gap), height: TOP + rows * (height + gap + 22) };
  const panels = all.map((one, index) =>
    panel(
      one,
      (index % columns) * (width + gap),
      TOP + Math.floor(index / columns) * (height + gap + 22),
    ),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${title}</title>`,
    `<rect width="${size.width}" height="${size.height}" fill="#ffffff"/>`,
    `<text x="0" y="20" fill="#0f172a" font-size="16" font-weight="600">${title}</text>`,
    `<text x="0" y="38" fill="#475569">${subtitle}</text>`,
    ...panels,
    '</svg>',
    '',
  ].join('\n');
}

function panel({ name, series, slope, leaks }: Judged, x: number, y: number): string {
  const { width, height } = PANEL;
  const { points, unit } = series;
  const most = Math.max(...points.map(({ value }) => value), 1e-9);
  const last = Math.max(...points.map(({ at }) => at), 1);
  const place = (at: number, value: number): string =>
    `${(x + (at / last) * width).toFixed(1)},${(y + 18 + height - (Math.max(0, value) / most) * height).toFixed(1)}`;
  const path = points.map(({ at, value }) => place(at, value)).join(' ');
  const used = usedOf(series);
  const middle = used.reduce((sum, { at }) => sum + at, 0) / Math.max(1, used.length);
  const line = [used[0], used.at(-1)]
    .map((point) => place(point?.at ?? 0, slope.mean + slope.slope * ((point?.at ?? 0) - middle)))
    .join(' ');
  const colour = leaks === true ? '#dc2626' : '#2563eb';
  return [
    `<text x="${x}" y="${y + 10}" fill="#0f172a" font-weight="600">${name}</text>`,
    `<text x="${x + width}" y="${y + 10}" fill="#475569" text-anchor="end">up to ${most.toFixed(1)} ${unit}</text>`,
    `<rect x="${x}" y="${y + 18}" width="${width}" height="${height}" fill="#f8fafc"/>`,
    `<polyline points="${path}" fill="none" stroke="#94a3b8"/>`,
    `<polyline points="${line}" fill="none" stroke="${colour}" stroke-width="2"/>`,
  ].join('\n');
}
