// Who sends telemetry, and where the SDK's own trouble goes: what spans, log lines and metrics share.
import { randomUUID } from 'node:crypto';
import { diag, DiagLogLevel } from '@opentelemetry/api';
import {
  detectResources,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from '@opentelemetry/resources';
import type { Resource } from '@opentelemetry/resources';
import type { Logger } from './log.ts';

/** A failing exporter says so at most this often, ms: the collector's absence is one fact, however many batches it costs. */
const COMPLAIN_EVERY_MS = 60_000;
/** What is left must be sent within this time when the process ends, ms. */
export const CLOSE_WITHIN_MS = 3_000;
/** The instrumentation scope of everything that this code base records. */
export const SCOPE = 'todo';

/** Replicas have one name; a backend that adds their numbers up must tell them apart. */
const instance = randomUUID();

/** OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES over our own name, by the specification. */
export function resourceOf(service: string): Resource {
  const own = resourceFromAttributes({
    'service.name': service,
    'service.namespace': 'todo',
    'service.instance.id': instance,
  });
  return own
    .merge(detectResources({ detectors: [resourceAttributesEnvDetector] }))
    .merge(detectResources({ detectors: [serviceNameEnvDetector] }));
}

let complainedAt = -Infinity;

/** The SDK's own trouble, as lines of our log. @returns says one */
export function complainTo(log: Logger): (problem: unknown) => void {
  complainedAt = -Infinity;
  const complain = (...args: unknown[]): void => {
    const now = performance.now();
    if (now - complainedAt < COMPLAIN_EVERY_MS) return;
    complainedAt = now;
    log.warn({ problem: args.map(String).join(' ').slice(0, 500) }, 'telemetry is not exported');
  };
  const quiet = (): void => undefined;
  diag.setLogger(
    { error: complain, warn: complain, info: quiet, debug: quiet, verbose: quiet },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  return complain;
}
