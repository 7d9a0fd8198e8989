// One line of JSON an event, on stdout, with the same names in every service: service, traceId, taskId, eventId.
import { pino, stdTimeFunctions } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import { currentTrace } from './trace.ts';

export type { Logger } from 'pino';

// On the process and not in this module: Next bundles the start of the server and its pages apart.
const shared = ((
  globalThis as unknown as { todoLog?: { hear: ((line: string) => void) | undefined } }
).todoLog ??= { hear: undefined });

/** Hands every line (JSON with a line break), after its redaction, also to `hear`; undefined: no more. */
export function onLogLine(hear: ((line: string) => void) | undefined): void {
  shared.hear = hear;
}

/**
 * Makes a service's logger. Every line inside a traced request or delivery carries its `traceId`; tokens and cookies are
 * never written.
 * @param options `service` is the app's name, `level` a pino level.
 * @param destination where lines go; stdout if not given.
 */
export function createLogger(
  options: { service: string; level?: string },
  destination?: DestinationStream,
): Logger {
  const settings = {
    level: options.level ?? 'info',
    base: { service: options.service },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    hooks: {
      streamWrite: (line: string) => {
        shared.hear?.(line);
        return line;
      },
    },
    mixin: () => {
      const trace = currentTrace();
      return trace ? { traceId: trace.traceId } : {};
    },
    redact: {
      paths: [
        'req.headers.authorization',
        'req.headers.cookie',
        'req.headers["dapr-api-token"]',
        '*.password',
        '*.token',
      ],
      censor: '[redacted]',
    },
  };
  return destination ? pino(settings, destination) : pino(settings);
}
