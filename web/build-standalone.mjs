// Completes the standalone server: Next leaves static files and public/ out of it, without which every script and style is a
// 404, and its server.js makes a server of its own, in whose place ours goes (server/main.ts).
import { cpSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const web = import.meta.dirname;
const server = path.join(web, '.next', 'standalone', 'web');
cpSync(path.join(web, '.next', 'static'), path.join(server, '.next', 'static'), {
  recursive: true,
});
if (existsSync(path.join(web, 'public'))) {
  cpSync(path.join(web, 'public'), path.join(server, 'public'), { recursive: true });
}

// What `next build` resolved of next.config.ts; the standalone server has no such file and reads it from the environment.
const { config } = JSON.parse(
  readFileSync(path.join(server, '.next', 'required-server-files.json'), 'utf8'),
);
await build({
  entryPoints: [path.join(web, 'server', 'main.ts')],
  outfile: path.join(server, 'server.js'),
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  external: ['next'],
  banner: {
    js: `process.env.NODE_ENV = 'production';
process.chdir(import.meta.dirname);
process.env.__NEXT_PRIVATE_STANDALONE_CONFIG = ${JSON.stringify(JSON.stringify(config))};`,
  },
});
