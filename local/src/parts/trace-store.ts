// The trace store for `--observe`, and what the other parts are given so that they send their spans to it. Where the environment
// names a collector already, spans go there, and there is none here.
import { join } from 'node:path';
import { ROOT } from '../data-folder.ts';
import type { PortPlan } from '../ports.ts';
import { answersOk } from '../probes.ts';
import type { PartSpec } from '../supervisor.ts';

/** Whether the environment says where spans go, or that there are none. */
export function hasOwnTelemetry(env: NodeJS.ProcessEnv = process.env): boolean {
  const names = ['ENDPOINT', 'TRACES_ENDPOINT'].map((name) => `OTEL_EXPORTER_OTLP_${name}`);
  const off =
    env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true' || env['OTEL_TRACES_EXPORTER'] === 'none';
  return off || names.some((name) => Boolean(env[name]));
}

/** Its address. */
export function traceStoreUrl(ports: PortPlan): string {
  return `http://127.0.0.1:${ports.traces}`;
}

/** For every part that makes spans. Prometheus has the metrics. */
export function traceStoreEnv(ports: PortPlan): Record<string, string> {
  return {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${traceStoreUrl(ports)}/v1/traces`,
    OTEL_BSP_SCHEDULE_DELAY: process.env['OTEL_BSP_SCHEDULE_DELAY'] ?? '1000',
  };
}

/** The trace store as a part of the system. */
export function traceStorePart(ports: PortPlan): PartSpec {
  const url = traceStoreUrl(ports);
  return {
    name: 'traces',
    command: process.execPath,
    args: [join(ROOT, 'local', 'src', 'trace-store', 'main.ts'), String(ports.traces)],
    url,
    health: () => answersOk(`${url}/readyz`),
  };
}
