// The open event streams of this replica, and how they are fed: a hint (own commit, or a notice of another replica) makes the
// person's changes be read from the log after what each stream has; hints may be lost, doubled or early, the log decides.
import type { Clock } from '@todo/runtime/clock';
import type { Pool } from '@todo/runtime/database';
import type { Logger } from '@todo/runtime/log';
import { startSpan } from '@todo/runtime/trace';
import { measured } from '@todo/runtime/measurements';
import { isAllowed } from '../authorization/decide.ts';
import type { Subject } from '../authorization/decide.ts';
import { LIVE_MESSAGES } from '../authorization/rules.ts';
import { endedAccessTokens } from '../identity/access-tokens.ts';
import type { Caller } from '../identity/caller.ts';
import { endedAmong } from '../identity/ended-sessions.ts';
import { CHANGE_BATCH, changesAfter, isKept, lastChange } from './change-log.ts';
import type { Change } from './change-log.ts';

/** A view that is behind by more reads everything anew instead, changes. */
const MAX_BEHIND = 2_000;
/** A stream ends after this time, ms; the view comes back by itself. The end of its token or session ends it at once. */
const MAX_AGE_MS = 3_600_000;
/** A view that can take only whole answers gets what there is after this time at the latest, ms: proxies give up after 30 or 60 s. */
const MAX_WAIT_MS = 25_000;
/** Views come back after about this time, ms. */
const RETRY_MS = 1_000;

/** An open answer of server-sent events. */
export interface EventStream {
  /** Sends text. Cuts off a reader that is too far behind; does nothing once the stream has ended. */
  readonly write: (text: string) => void;
  readonly end: () => void;
  /** Ends it at once; the reader sees a broken connection. */
  readonly destroy: () => void;
  /** Runs once when the reader is gone or the stream has ended. */
  readonly onClose: (act: () => void) => void;
}

/** Who watches, by what: the end of it ends the stream. */
export type Viewer = Subject & Pick<Caller, 'expiresAt' | 'sessionId'>;

interface View {
  readonly viewer: Viewer;
  readonly stream: EventStream;
  /** The answer ends with the first news: behind a proxy that gathers whole answers a stream would never arrive. */
  readonly whole: boolean;
  /** ms since the epoch: what was changed before is caught up with, which says nothing about the lag. */
  readonly openedAt: number;
  /** Number of the last change sent; undefined until the start is known. */
  seq: number | undefined;
}

/** The open streams. */
export interface LiveViews {
  /**
   * Serves one stream until it ends. Resolves when the start was written.
   * @param lastEventId what the view saw last; undefined or unreadable: it begins now.
   * @param whole the answer ends with the first news, or after 25 s (long polling)
   */
  open: (
    stream: EventStream,
    viewer: Viewer,
    lastEventId: string | undefined,
    whole?: boolean,
  ) => Promise<void>;
  /** A person (null: anybody) may have new changes. */
  hint: (userId: string | null) => void;
  /** A token or session of a person (null: anybody) may have ended: its streams end. */
  checkAccess: (userId: string | null) => void;
  count: () => number;
  /** Ends all streams; later ones are ended at once. */
  close: () => void;
}

/** @param options `clock`: when a token's end has come; `onCount` is called with the number of open streams when that changes. */
export function createLiveViews(options: {
  pool: Pool;
  log: Logger;
  clock: Clock;
  onCount: (count: number) => void;
}): LiveViews {
  const { pool, log } = options;
  const views = new Map<string, Set<View>>();
  const reading = new Map<string, boolean>(); // userId → wanted again
  let count = 0;
  let closed = false;

  function add(view: View): void {
    const { userId } = view.viewer;
    const mine = views.get(userId) ?? new Set();
    views.set(userId, mine.add(view));
    count += 1;
    measured('live.streams', { open: count });
    options.onCount(count);
  }
  function remove(view: View): void {
    const { userId } = view.viewer;
    const mine = views.get(userId);
    if (!mine?.delete(view)) return;
    if (mine.size === 0) views.delete(userId);
    count -= 1;
    measured('live.streams', { open: count });
    options.onCount(count);
  }
  /** Reads what a person's views lack, until there is nothing more. One reader a person at a time. */
  async function feed(userId: string): Promise<void> {
    for (;;) {
      reading.set(userId, false);
      const mine = [...(views.get(userId) ?? [])].filter((view) => view.seq !== undefined);
      if (mine.length === 0) break;
      const from = Math.min(...mine.map((view) => view.seq ?? 0));
      const changes = await changesAfter(pool, userId, from);
      const first = changes[0];
      for (const view of mine) {
        if (first && first.seq > from + 1 && (view.seq ?? 0) < first.seq - 1)
          reset(view, first.seq - 1);
        for (const change of changes) {
          if (change.seq <= (view.seq ?? 0)) continue;
          view.seq = change.seq;
          if (!mayHear(view.viewer, change.type)) continue;
          view.stream.write(traced(change));
          measureLag(view, change);
        }
        if (view.whole && changes.length > 0) view.stream.end();
      }
      if (changes.length < CHANGE_BATCH && !reading.get(userId)) break;
    }
  }
  function hint(userId: string): void {
    if (!views.has(userId)) return;
    if (reading.has(userId)) {
      reading.set(userId, true);
      return;
    }
    feed(userId)
      .catch((error: unknown) => {
        // cut off, the views come back and catch up: nothing is lost
        log.warn({ err: error, userId }, 'could not update live views');
        for (const view of views.get(userId) ?? []) view.stream.destroy();
      })
      .finally(() => reading.delete(userId));
  }
  /** Ends the streams whose token or session has ended. */
  async function endAmong(open: readonly View[]): Promise<void> {
    const nothing: string[] = [];
    const tokens = idsOf(open, 'accessTokenId');
    const sessions = idsOf(open, 'sessionId');
    const [endedTokens, endedSessions] = await Promise.all([
      tokens.length === 0 ? nothing : endedAccessTokens(pool, tokens),
      sessions.length === 0 ? nothing : endedAmong(pool, sessions),
    ]);
    for (const { viewer, stream } of open)
      if (
        endedTokens.includes(viewer.accessTokenId ?? '') ||
        endedSessions.includes(viewer.sessionId ?? '')
      )
        stream.end();
  }
  function measureLag(view: View, change: Change): void {
    const { at } = change.data as { at?: unknown };
    const madeAt = typeof at === 'string' ? Date.parse(at) : NaN;
    if (madeAt >= view.openedAt)
      measured('live.sent', { lagMs: options.clock().getTime() - madeAt });
  }
  /** Tells a view that it has to read everything anew. */
  function reset(view: View, seq: number): void {
    view.seq = seq;
    view.stream.write(`id: ${seq}\nevent: gap\ndata: {}\n\n`);
    if (view.whole) view.stream.end();
  }

  return {
    open: async (stream, viewer, lastEventId, whole = false) => {
      const { userId, expiresAt } = viewer;
      const openedAt = options.clock().getTime();
      const view: View = { viewer, stream, whole, openedAt, seq: undefined };
      add(view);
      const lifetime = Math.min(
        whole ? MAX_WAIT_MS : MAX_AGE_MS,
        expiresAt ? Math.max(0, expiresAt.getTime() - options.clock().getTime()) : MAX_AGE_MS,
      );
      const end = setTimeout(() => {
        stream.end();
      }, lifetime);
      stream.onClose(() => {
        clearTimeout(end);
        remove(view);
      });
      try {
        const last = await lastChange(pool, userId);
        const from = /^\d{1,15}$/.test(lastEventId ?? '') ? Number(lastEventId) : undefined;
        stream.write(`retry: ${RETRY_MS}\n\n`);
        if (from === undefined) {
          view.seq = last;
          view.stream.write(`id: ${last}\nevent: ready\ndata: {}\n\n`);
          if (whole) stream.end();
        } else if (
          from > last ||
          last - from > MAX_BEHIND ||
          (from < last && !(await isKept(pool, userId, from)))
        ) {
          reset(view, last);
        } else {
          view.seq = from;
          view.stream.write(': ready\n\n');
        }
        if (closed) stream.end();
        hint(userId);
        // it may have ended while the stream was being opened
        await endAmong([view]);
      } catch (error) {
        stream.destroy();
        throw error;
      }
    },
    hint: (userId) => {
      if (userId === null) for (const id of views.keys()) hint(id);
      else hint(userId);
    },
    checkAccess: (userId) => {
      const asked = userId === null ? [...views.values()] : [views.get(userId) ?? new Set<View>()];
      const open = asked.flatMap((mine) => [...mine]);
      endAmong(open).catch((error: unknown) => {
        // not known to be good: they come back with their token, which is checked then
        log.warn({ err: error }, 'could not check the access of live views');
        for (const view of open) view.stream.destroy();
      });
    },
    count: () => count,
    close: () => {
      closed = true;
      for (const mine of views.values()) for (const view of mine) view.stream.end();
    },
  };
}

function mayHear(viewer: Viewer, type: string): boolean {
  const action = Object.entries(LIVE_MESSAGES).find(([message]) => message === type)?.[1];
  return action !== undefined && isAllowed(viewer, action);
}

function idsOf(views: readonly View[], kind: 'accessTokenId' | 'sessionId'): string[] {
  return [...new Set(views.flatMap(({ viewer }) => viewer[kind] ?? []))];
}

/** A change's message, recorded as the end of the change's way; it carries the trace on to the page. */
function traced(change: Change): string {
  if (change.traceparent === null) return eventText(change, change.data);
  const span = startSpan({ name: `live ${change.type}`, kind: 'producer' }, change.traceparent);
  span.end();
  return eventText(change, { ...change.data, traceparent: span.traceparent });
}

function eventText({ seq, type }: Change, data: object): string {
  return `id: ${seq}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}
