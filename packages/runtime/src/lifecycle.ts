// Start and stop, the same for each service: listen first (the sidecar waits for our port), serve on for a moment after
// SIGTERM (we may still be in rotation) while clients are told to leave, then close in order, and be gone within ten seconds
// whatever hangs.
import { setTimeout as sleep } from 'node:timers/promises';
import { endConnectionsWithTheirAnswers } from './connection-drain.ts';
import type { Logger } from './log.ts';

/** The process ends this long after it began to close, ms, even if something hangs. */
const HARD_STOP_MS = 9_000;

/** One thing to close, in the order given. */
export type Closer = () => Promise<unknown>;

/**
 * Ends the process cleanly on SIGTERM or SIGINT.
 * @param options `delayMs`: how long to serve on after the signal; `closers` run one after the other.
 */
export function closeOnSignal(options: {
  log: Logger;
  delayMs: number;
  closers: readonly Closer[];
}): void {
  const { log } = options;
  let closing = false;
  const close = async (signal: string): Promise<void> => {
    if (closing) return;
    closing = true;
    log.info({ signal, delayMs: options.delayMs }, 'closing');
    endConnectionsWithTheirAnswers();
    await sleep(options.delayMs);
    setTimeout(() => {
      log.error('shutdown took too long');
      process.exit(1);
    }, HARD_STOP_MS).unref();
    for (const closer of options.closers) {
      try {
        await closer();
      } catch (error) {
        log.warn({ err: error }, 'shutdown was not clean');
      }
    }
    log.info('closed');
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      close(signal).catch(() => process.exit(1));
    });
  }
}

/** Ends the process at once, with a line in the log, on an error that nobody handled. */
export function endOnUnhandledError(log: Logger): void {
  const crash = (error: unknown): void => {
    log.fatal({ err: error }, 'unexpected error; exiting');
    process.exit(1);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
}
