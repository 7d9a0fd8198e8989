// The web app, served by its own server: its production build, or its sources, which the page then follows.
import { join } from 'node:path';
import { ROOT } from '../data-folder.ts';
import type { PortPlan } from '../ports.ts';
import { answersOk } from '../probes.ts';
import type { PartSpec } from '../supervisor.ts';

/** The web app as it runs in production, or from source with Next's own compiler and reload. */
export type WebProgram = { readonly build: string } | 'source';

export function webPart(
  program: WebProgram,
  ports: PortPlan,
  issuer: string,
  env: Record<string, string>,
): PartSpec {
  const fromSource = program === 'source';
  const folder = fromSource ? join(ROOT, 'web') : program.build;
  return {
    name: 'web',
    command: process.execPath,
    args: [join(folder, fromSource ? 'server/main.ts' : 'server.js')],
    cwd: folder,
    env: {
      NODE_ENV: fromSource ? 'development' : 'production',
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
