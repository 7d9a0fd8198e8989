// When each part of a long call began and how long it took, and which parts the whole had to wait for.

/** One part, in ms from the beginning of the call. */
export interface Span {
  readonly title: string;
  readonly from: number;
  readonly ms: number;
  readonly ok: boolean;
  /** Parts that had to be done before it could begin. */
  readonly after: readonly string[];
}

/** Notes parts as they end. */
export interface Timeline {
  /** Runs a part. `after`: the parts it waited for, by their titles. */
  measure<T>(title: string, work: () => Promise<T>, after?: readonly string[]): Promise<T>;
  /** What ended so far, in the order of the beginnings. */
  spans(): Span[];
}

/** @param now the time in ms; the clock of the process if not given */
export function timeline(now: () => number = () => performance.now()): Timeline {
  const start = now();
  const spans: Span[] = [];
  return {
    async measure(title, work, after = []) {
      const from = now() - start;
      const end = (ok: boolean) => spans.push({ title, from, ms: now() - start - from, ok, after });
      try {
        const result = await work();
        end(true);
        return result;
      } catch (error) {
        end(false);
        throw error;
      }
    },
    spans: () => spans.toSorted((one, other) => one.from - other.from),
  };
}

/**
 * The parts that the end had to wait for, from first to last: the one that ended last, the one it waited for that ended last, and
 * so on. Making any other part faster gains nothing.
 */
export function criticalPath(spans: readonly Span[]): Span[] {
  const last = (of: readonly Span[]) =>
    of.reduce<Span | undefined>(
      (latest, span) =>
        latest === undefined || span.from + span.ms > latest.from + latest.ms ? span : latest,
      undefined,
    );
  const path: Span[] = [];
  for (
    let span = last(spans);
    span !== undefined && !path.includes(span);
    span = last(spans.filter(({ title }) => path[0]?.after.includes(title) === true))
  )
    path.unshift(span);
  return path;
}
