// The pub/sub component for PostgreSQL: one process beside each sidecar, with a socket folder of its own.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, socketFolder } from '../data-folder.ts';
import { APP_IDS } from '../ports.ts';
import { canConnect } from '../probes.ts';
import type { Replica } from '../replicas.ts';
import type { Secrets } from '../secrets.ts';
import type { PartSpec } from '../supervisor.ts';

export function componentPart(
  { service, name, ports }: Replica,
  dataDir: string,
  secrets: Secrets,
  observe: boolean,
): PartSpec {
  const folder = join(socketFolder(dataDir), name);
  const socket = join(folder, 'postgresql.sock');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    name: `pubsub-${name}`,
    command: process.execPath,
    args: [join(ROOT, 'services', 'pubsub-postgresql', 'src', 'main.ts')],
    env: {
      DAPR_COMPONENTS_SOCKETS_FOLDER: folder,
      DAPR_HTTP_PORT: String(ports.daprHttp),
      DAPR_API_TOKEN: secrets.daprApiToken,
      OTEL_SERVICE_NAME: `${APP_IDS[service]}-pubsub`,
      ...(observe && { HEALTH_PORT: String(ports.component) }),
    },
    health: () => canConnect({ path: socket }),
  };
}
