// Requests at a steady rate, as a client that keeps its connections sends them, and what became of each.
import type { Api } from '../suite/api.ts';

/** A load that runs. */
export interface Load {
  /** Ends it. @returns how many were sent, and what went wrong, each with its time since the start */
  stop: () => Promise<{ sent: number; failed: string[]; seconds: number }>;
}

/**
 * Sends reads and, every fifth time, a new task; none is repeated.
 * @param perSecond requests a second, however slow the answers are
 */
export function startLoad(api: Api, perSecond: number): Load {
  const started = Date.now();
  const failed: string[] = [];
  const underWay = new Set<Promise<void>>();
  let sent = 0;

  async function one(number: number): Promise<void> {
    const begun = ((Date.now() - started) / 1000).toFixed(1);
    const write = number % 5 === 0;
    try {
      const response = write
        ? await api.raw('POST', '/tasks', JSON.stringify({ title: `load ${number}` }))
        : await api.raw('GET', '/tasks?limit=5');
      const text = await response.text();
      if (!response.ok) {
        failed.push(
          `${begun} s: ${write ? 'POST' : 'GET'} ${response.status} ${text.slice(0, 200)}`,
        );
      }
    } catch (error) {
      const { message, cause } = error as Error;
      failed.push(
        `${begun} s: ${write ? 'POST' : 'GET'} ${message} ${cause instanceof Error ? cause.message : ''}`,
      );
    }
  }

  const timer = setInterval(() => {
    // As many as are due by now: a timer that fires late still keeps the rate.
    const due = Math.floor(((Date.now() - started) / 1000) * perSecond);
    while (sent < due) {
      const request = one(sent++);
      underWay.add(request);
      request.finally(() => underWay.delete(request)).catch(() => undefined); // one() never throws
    }
  }, 1000 / perSecond);

  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(underWay);
      return { sent, failed, seconds: (Date.now() - started) / 1000 };
    },
  };
}
