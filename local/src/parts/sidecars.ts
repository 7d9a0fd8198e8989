// The sidecars: one daprd beside each service.
import { join } from 'node:path';
import { socketFolder } from '../data-folder.ts';
import { APP_IDS } from '../ports.ts';
import { answersOk } from '../probes.ts';
import type { Replica } from '../replicas.ts';
import type { Secrets } from '../secrets.ts';
import type { PartSpec } from '../supervisor.ts';
import type { PubsubKind, RenderedResources } from './dapr-resources.ts';
import type { Daprd } from './daprd.ts';

export function sidecarPart(
  { service, name, ports: mine }: Replica,
  dataDir: string,
  pubsub: PubsubKind,
  daprd: Daprd,
  { resources, configuration }: RenderedResources,
  secrets: Secrets,
  telemetry: Record<string, string>,
): PartSpec {
  const args: Record<string, string | number> = {
    'app-id': APP_IDS[service],
    'app-port': mine.app,
    'app-channel-address': '127.0.0.1',
    'dapr-http-port': mine.daprHttp,
    'dapr-grpc-port': mine.daprGrpc,
    'dapr-internal-grpc-port': mine.daprInternal,
    'dapr-internal-grpc-listen-address': '127.0.0.1',
    'dapr-listen-addresses': '127.0.0.1',
    'metrics-port': mine.daprMetrics,
    'metrics-listen-address': '127.0.0.1',
    'resources-path': resources,
    config: configuration,
    'dapr-graceful-shutdown-seconds': 5,
    'log-as-json': 'true',
  };
  return {
    name: `daprd-${name}`,
    command: daprd.path,
    args: Object.entries(args).map(([name, value]) => `--${name}=${value}`),
    env: {
      DAPR_API_TOKEN: secrets.daprApiToken,
      APP_API_TOKEN: secrets.appApiToken,
      DAPR_HOST_IP: '127.0.0.1',
      DAPR_COMPONENTS_SOCKETS_FOLDER: join(
        socketFolder(dataDir),
        pubsub === 'kafka' ? 'none' : name,
      ),
      ...sidecarTelemetry(APP_IDS[service], { ...process.env, ...telemetry }),
    },
    url: `http://127.0.0.1:${mine.daprHttp}`,
    health: () => answersOk(`http://127.0.0.1:${mine.daprHttp}/v1.0/healthz`, secrets.daprApiToken),
  };
}

/**
 * OpenTelemetry's variables as a sidecar understands them: it knows none that switches it off, uses gRPC over TLS by default,
 * and takes neither a path nor a slash behind the port.
 * @param env the variables as the services read them
 */
export function sidecarTelemetry(
  appId: string,
  env: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const names = { OTEL_SERVICE_NAME: `${appId}-daprd`, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: '' };
  const off =
    env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true' || env['OTEL_TRACES_EXPORTER'] === 'none';
  const endpoint =
    env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || env['OTEL_EXPORTER_OTLP_ENDPOINT'] || '';
  if (off || !URL.canParse(endpoint)) return { ...names, OTEL_EXPORTER_OTLP_ENDPOINT: '' };
  const { origin, protocol } = new URL(endpoint);
  return {
    ...names,
    OTEL_EXPORTER_OTLP_ENDPOINT: origin,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_EXPORTER_OTLP_INSECURE: String(protocol === 'http:'),
  };
}
