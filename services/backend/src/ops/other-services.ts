// What the backend asks the other services, through Dapr's service invocation: history, notices, health, dead letters.
import type { DeadLetter } from '@todo/messaging/dead-letters';
import type { ClockDetail } from '@todo/runtime/health';
import { isOwnProblem, notFound, Problem, unavailable } from '@todo/contracts/problem';
import type { FieldError } from '@todo/contracts/problem';
import type { ProcessReport } from '@todo/runtime/last-hour';
import { SidecarError } from '@todo/runtime/sidecar';
import type { Sidecar } from '@todo/runtime/sidecar';
import { z } from 'zod';
import { replicasOf } from './replicas.ts';

/** What a service says no to, as it is to be told to the caller. */
const REFUSALS = new Set([400, 409, 422, 429]);

const countedMinute = z.object({
  at: z.number(),
  requests: z.int(),
  failed: z.int(),
  requestP50Ms: z.number().nullish(),
  requestP99Ms: z.number().nullable(),
  events: z.int(),
  eventP50Ms: z.number().nullish(),
  eventP99Ms: z.number().nullable(),
  liveP50Ms: z.number().nullish(),
  liveP99Ms: z.number().nullable(),
  outboxMs: z.number(),
});

const slow = z.object({
  at: z.number(),
  ms: z.number(),
  name: z.string(),
  failed: z.boolean(),
  traceId: z.string().optional(),
});

const startedVersion = z.object({ version: z.string(), since: z.string() });

/** What one replica of a service says of itself: the one that happened to be asked. */
export const processReport: z.ZodType<ProcessReport> = z.object({
  version: z.string(),
  instance: z.string(),
  startedAt: z.string(),
  lastHour: z.array(countedMinute).max(100),
  slowest: z.array(slow).max(100).optional(),
  versions: z.array(startedVersion).max(100).optional(),
});

/** A page as the other services answer it. */
interface Page {
  items: unknown[];
  next?: string | null;
}

/** State of one service. */
export interface ServiceStatus {
  readonly service: string;
  readonly ready: boolean;
  /** False when it did not answer at all. */
  readonly reachable: boolean;
  /** Its dependencies by name: `ok`, or what is wrong. */
  readonly checks: Readonly<Record<string, string>>;
  /** How far its clock is ahead of the database's, ms; negative: behind; null when that is not known. */
  readonly clockAheadMs: number | null;
  /** Dead letters waiting; null when it can't be asked; at most 500 are counted. */
  readonly deadLetters: number | null;
  /** Ready replicas; null where that is not known. */
  readonly replicas: number | null;
  /** Of one replica; null when none answered, or it is a version that does not report. */
  readonly process: ProcessReport | null;
}

/** A dead letter and whose it is. */
export type ServiceDeadLetter = DeadLetter & { readonly service: string };

/** Asks a service for a page. @throws Problem 503 when it can't be reached */
export async function page(
  sidecar: Sidecar,
  service: string,
  path: string,
  query: Record<string, string | number | undefined>,
): Promise<{ items: unknown[]; nextCursor: string | null }> {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) params.set(name, String(value));
  const answer = (await call(sidecar, service, 'GET', `${path}?${params.toString()}`)) as Page;
  return { items: answer.items, nextCursor: answer.next ?? null };
}

/**
 * Calls a service. Its own refusals (4xx) are passed on; a 4xx that is not a problem of ours comes from something else at its
 * address, such as a sidecar whose app is away. @throws Problem of the service, or 503
 */
export async function call(
  sidecar: Sidecar,
  service: string,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: object,
): Promise<unknown> {
  try {
    return await sidecar.invoke(service, method, path, body);
  } catch (error) {
    if (!(error instanceof SidecarError)) throw error;
    const own = isOwnProblem(error.body);
    if (own && error.status === 404) throw notFound('entry');
    if (own && error.status !== undefined && REFUSALS.has(error.status)) {
      const { detail, errors } = refusalOf(error);
      throw new Problem(error.status, 'refused', detail ?? `${service} rejected the request.`, {
        fields: errors ?? [],
      });
    }
    throw unavailable(`${service} is not reachable. Try again in a moment.`, error);
  }
}

/** Asks a service how it is. Never throws. */
export async function statusOf(sidecar: Sidecar, service: string): Promise<ServiceStatus> {
  const [deadLetters, replicas, process, health] = await Promise.all([
    deadLettersOf(sidecar, service, { status: 'waiting', limit: 500 }).then(
      (letters) => letters.length,
      () => null,
    ),
    replicasOf(service),
    reportOf(sidecar, service),
    healthOf(sidecar, service),
  ]);
  const { ready, reachable, checks, clock } = health;
  const clockAheadMs = clock?.aheadOfDatabaseMs ?? null;
  return { service, ready, reachable, checks, clockAheadMs, deadLetters, replicas, process };
}

interface Health {
  readonly ready: boolean;
  readonly reachable: boolean;
  readonly checks: Record<string, string>;
  readonly clock?: ClockDetail | undefined;
}

async function healthOf(sidecar: Sidecar, service: string): Promise<Health> {
  try {
    const answer = (await sidecar.invoke(service, 'GET', '/readyz')) as Partial<Health>;
    return { ready: true, reachable: true, checks: answer.checks ?? {}, clock: answer.clock };
  } catch (error) {
    const told = error instanceof SidecarError ? readinessOf(error.body) : undefined;
    return told?.checks
      ? { ready: false, reachable: true, checks: told.checks, clock: told.clock }
      : { ready: false, reachable: false, checks: { service: 'not reachable' } };
  }
}

async function reportOf(sidecar: Sidecar, service: string): Promise<ProcessReport | null> {
  const answer = await sidecar.invoke(service, 'GET', '/ops/process').catch(() => undefined);
  return processReport.safeParse(answer).data ?? null;
}

/** A service's dead letters, newest first. @throws Problem 503 */
export async function deadLettersOf(
  sidecar: Sidecar,
  service: string,
  query: { status?: string | undefined; limit: number },
): Promise<ServiceDeadLetter[]> {
  const { items } = await page(sidecar, service, '/ops/dead-letters', query);
  return (items as DeadLetter[]).map((letter) => ({ ...letter, service }));
}

function readinessOf(
  body: string,
): { checks?: Record<string, string>; clock?: ClockDetail } | undefined {
  try {
    return JSON.parse(body) as ReturnType<typeof readinessOf>;
  } catch {
    return undefined;
  }
}

function refusalOf(error: SidecarError): { detail?: string; errors?: FieldError[] } {
  try {
    return JSON.parse(error.body) as { detail?: string; errors?: FieldError[] };
  } catch {
    return {};
  }
}
