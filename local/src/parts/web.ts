// The web app: its production build, served by its own server.
import { join } from 'node:path';
import type { PortPlan } from '../ports.ts';
import { answersOk } from '../probes.ts';
import type { PartSpec } from '../supervisor.ts';

export function webPart(
  folder: string,
  ports: PortPlan,
  issuer: string,
  env: Record<string, string>,
): PartSpec {
  return {
    name: 'web',
    command: process.execPath,
    args: [join(folder, 'server.js')],
    cwd: folder,
    env: {
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      HOST: '127.0.0.1',
      PORT: String(ports.web),
      PUBLIC_URL: issuer,
      BACKEND_URL: `http://127.0.0.1:${ports.services.backend.app}`,
      ...env,
    },
    url: issuer,
    health: () => answersOk(`http://127.0.0.1:${ports.web}/readyz`),
  };
}
