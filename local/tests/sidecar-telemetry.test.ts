// The sidecar understands OpenTelemetry's variables otherwise than the services do: what it is given instead.
import { describe, expect, it } from 'vitest';
import { sidecarTelemetry } from '../src/parts/sidecars.ts';

const of = (env: NodeJS.ProcessEnv): Record<string, string> =>
  sidecarTelemetry('todo-backend', env);

describe('a sidecar', () => {
  it.each([
    ['http://127.0.0.1:4318', 'http://127.0.0.1:4318', 'true'],
    ['http://127.0.0.1:4318/', 'http://127.0.0.1:4318', 'true'],
    ['http://localhost:4318/v1/traces', 'http://localhost:4318', 'true'],
    ['https://otlp.example', 'https://otlp.example', 'false'],
  ])('sends to %s as %s, insecure: %s', (endpoint, told, insecure) => {
    expect(of({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })).toEqual({
      OTEL_SERVICE_NAME: 'todo-backend-daprd',
      OTEL_EXPORTER_OTLP_ENDPOINT: told,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: '',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_EXPORTER_OTLP_INSECURE: insecure,
    });
  });

  it('takes the endpoint of traces before the general one', () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://general:4318',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://traces:4318/v1/traces',
    };
    expect(of(env)['OTEL_EXPORTER_OTLP_ENDPOINT']).toBe('http://traces:4318');
  });

  it.each([
    ['nothing is given', {}],
    ['the SDK is disabled', { OTEL_SDK_DISABLED: 'true' }],
    ['the exporter is none', { OTEL_TRACES_EXPORTER: 'none' }],
    ['the endpoint is no address', { OTEL_EXPORTER_OTLP_ENDPOINT: 'somewhere' }],
  ])('sends nothing where %s', (_when, env) => {
    const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };
    const told = of(Object.keys(env).length === 0 ? {} : { ...endpoint, ...env });
    expect(told['OTEL_EXPORTER_OTLP_ENDPOINT']).toBe('');
    expect(told['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']).toBe('');
  });
});
