// Completes the standalone server: Next leaves static files and public/ out of it, without which every script and style is a
// 404, and its server.js makes a server of its own, in whose place ours goes (server/main.ts). In the place of the service
// worker of development goes the one that also works without network (worker/worker.ts).
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
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

/**
 * Files over this size are not kept on every device, in bytes: the word lists that judge a new password, which needs the
 * network anyway.
 */
const MAX_KEPT_BYTES = 300_000;

const assets = path.join(web, '.next', 'static');
const kept = readdirSync(assets, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(?:js|css|woff2)$/.test(entry.name))
  .map((entry) => path.join(entry.parentPath, entry.name))
  .filter((file) => statSync(file).size <= MAX_KEPT_BYTES)
  .map((file) => `/_next/static/${path.relative(assets, file).split(path.sep).join('/')}`)
  .sort();
// A name holds the file's hash, so it needs no other revision.
const manifest = kept.map((url) => ({ url, revision: null }));
await build({
  entryPoints: [path.join(web, 'worker', 'worker.ts')],
  outfile: path.join(server, 'public', 'sw.js'),
  bundle: true,
  minify: true,
  platform: 'browser',
  format: 'iife',
  target: 'es2022',
  allowOverwrite: true,
  define: {
    'self.__SW_MANIFEST': JSON.stringify(manifest),
    'self.__SW_BUILD': JSON.stringify(
      createHash('sha256').update(JSON.stringify(kept)).digest('hex').slice(0, 16),
    ),
    'process.env.NODE_ENV': '"production"',
  },
});
