// Starts what an operator asks for by OpenTelemetry's standard variables. The SDK is loaded only then: a process that nobody
// observes neither reads nor runs a line of it.
import { onLogLine } from './log.ts';
import type { Logger } from './log.ts';
import { wantedSignals } from './telemetry-config.ts';
import type { TelemetryConfig } from './telemetry-config.ts';
import { recordSpans } from './trace.ts';

/** Telemetry under way. */
export interface Telemetry {
  /** Sends what is left and stops; never rejects. */
  readonly close: () => Promise<void>;
}

/**
 * Starts to export spans and log lines, if the configuration says so.
 * @param options `service` is the name without OTEL_SERVICE_NAME; `edge`: requests come from anybody, so whether they are
 *   sampled is decided here and not by their `traceparent`.
 * @returns undefined when nothing is asked for
 */
export async function startTelemetry(options: {
  readonly service: string;
  readonly config: TelemetryConfig;
  readonly log: Logger;
  readonly edge?: boolean;
}): Promise<Telemetry | undefined> {
  const { traces, logs } = wantedSignals(options.config); // metrics: metrics.ts
  const wanted = { traces, logs };
  if (!wanted.traces && !wanted.logs) return undefined;
  const { startSdk } = await import('./telemetry-sdk.ts');
  const sdk = startSdk({ ...options, ...wanted });
  recordSpans(sdk.record);
  onLogLine(sdk.logLine);
  options.log.info(wanted, 'telemetry is exported');
  return {
    close: async () => {
      recordSpans(undefined);
      onLogLine(undefined);
      await sdk.close();
    },
  };
}
