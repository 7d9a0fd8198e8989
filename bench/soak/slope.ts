// Does a series grow? Least squares with a confidence interval, so that noise is not called growth and a leak is not called noise.

/** A measurement. */
export interface Point {
  /** Seconds since the run began. */
  readonly at: number;
  readonly value: number;
}

/** A straight line through points. */
export interface Slope {
  /** Units of the value a second. */
  readonly slope: number;
  /** The 95 % confidence interval of the slope. */
  readonly low: number;
  readonly high: number;
  readonly mean: number;
  /** Seconds from the first to the last point. */
  readonly seconds: number;
}

/** What a series may do. */
export interface Allowance {
  /** Growth over the measured time below this is not called growth, in units of the value. */
  readonly absolute: number;
  /** Nor is growth below this share of the mean. */
  readonly relative: number;
}

/** Points at the beginning that are left out: caches fill and compilers work. */
const WARM_UP = 0.25;
const FEWEST = 6;
/** Windows that a series is cut into before its smallest values are taken. */
const WINDOWS = 24;
const NORMAL_95 = 1.96;

/** The points after the warm-up. */
export function warmedUp(points: readonly Point[]): Point[] {
  return points.slice(Math.floor(points.length * WARM_UP));
}

/** The smallest value of each of some windows: a heap is as large as its content only after a collection. */
export function floorOf(points: readonly Point[], windows = WINDOWS): Point[] {
  const size = Math.max(1, Math.ceil(points.length / windows));
  return Array.from({ length: Math.ceil(points.length / size) }, (_, index) =>
    points
      .slice(index * size, (index + 1) * size)
      .reduce((least, point) => (point.value < least.value ? point : least)),
  );
}

/**
 * Fits a line by ordinary least squares. The interval is Student's, with n − 2 degrees of freedom.
 * @throws Error for fewer than 6 points
 */
export function slopeOf(points: readonly Point[]): Slope {
  const n = points.length;
  if (n < FEWEST) throw new Error(`a slope needs ${FEWEST} points, and there are ${n}`);
  const meanAt = sum(points.map(({ at }) => at)) / n;
  const mean = sum(points.map(({ value }) => value)) / n;
  const spread = sum(points.map(({ at }) => (at - meanAt) ** 2));
  const slope = sum(points.map(({ at, value }) => (at - meanAt) * (value - mean))) / spread;
  const residual = sum(points.map(({ at, value }) => (value - mean - slope * (at - meanAt)) ** 2));
  const error = Math.sqrt(residual / (n - 2) / spread) * studentAt95(n - 2);
  const seconds = (points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0);
  return { slope, low: slope - error, high: slope + error, mean, seconds };
}

/** Whether it surely grew by more than is allowed: the lower end of the interval counts. */
export function grows({ low, mean, seconds }: Slope, { absolute, relative }: Allowance): boolean {
  return low * seconds > Math.max(absolute, relative * Math.abs(mean));
}

/** Two-sided 95 % quantile of Student's distribution, by its expansion around the normal one (Abramowitz and Stegun, 26.7.5). */
function studentAt95(degrees: number): number {
  const z = NORMAL_95;
  return (
    z + (z ** 3 + z) / (4 * degrees) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2)
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
