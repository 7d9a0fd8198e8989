// What a page measures of itself in the browser and sends to the web app's server: the names, and the form of a report.
// https://web.dev/articles/vitals
import { z } from 'zod';

/** The vitals that are kept: times in ms, but CLS, which has no unit. */
export const VITALS = ['LCP', 'INP', 'FCP', 'TTFB', 'CLS'] as const;

/** Longest time that is believed, ms: a page that was asleep measures nonsense. */
const LONGEST_MS = 600_000;

/** One report of a page: each vital once at most. */
export const vitalsReport = z.strictObject({
  vitals: z
    .array(z.strictObject({ name: z.enum(VITALS), value: z.number().min(0).max(LONGEST_MS) }))
    .min(1)
    .max(VITALS.length),
});
