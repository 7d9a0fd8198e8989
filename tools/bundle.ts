// Makes one file of one service, so that an image holds Node, that file and the migrations: no node_modules, nothing to
// resolve at start. Called in the service's folder by `npm run build`: src/main.ts → dist/main.js, dist/main.js.map (and the
// same of src/prepare-database.ts, where there is one), dist/THIRD-PARTY-LICENSES.txt and dist/bundle.cdx.json: a scanner sees no packages in one file, so it is told of them.
import { existsSync } from 'node:fs';
import { cp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Metafile, Plugin } from 'esbuild';

/** What one bundling made. Paths are absolute, sizes in bytes. */
export interface Bundle {
  readonly file: string;
  readonly bytes: number;
  /** Names of the packages inside, sorted; each one's licence text stands in THIRD-PARTY-LICENSES.txt. */
  readonly packages: readonly string[];
}

/** Programs of a service besides its main one: each becomes a file of its own beside dist/main.js. */
const OTHER_PROGRAMS = ['src/prepare-database.ts'];

/** Asked for by a dependency, never needed: `pg` runs without its native client, fastify and pino without their extras. */
const OPTIONAL = ['pg-native', 'bufferutil', 'utf-8-validate'];

/**
 * CommonJS dependencies look for `require`, which an ES module does not have. The constant `bundleFolder` is where
 * {@link dependencyFiles} points their `__dirname`.
 */
const BANNER = [
  `import { createRequire as bundleCreateRequire } from 'node:module';`,
  `const require = bundleCreateRequire(import.meta.url);`,
  `const bundleFolder = import.meta.dirname;`,
].join('\n');

/**
 * Bundles one service.
 * @param folder the service's folder, absolute; it holds src/main.ts.
 * @throws Error of esbuild, with the file and line of what can't be resolved or parsed.
 */
export async function bundleService(folder: string): Promise<Bundle> {
  const outdir = join(folder, 'dist');
  const file = join(outdir, 'main.js');
  await rm(outdir, { recursive: true, force: true });
  const assets = new Map<string, string>();
  const others = OTHER_PROGRAMS.map((path) => join(folder, path)).filter((path) =>
    existsSync(path),
  );
  const { metafile } = await build({
    absWorkingDir: folder,
    entryPoints: [join(folder, 'src/main.ts'), ...others],
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    sourcemap: 'linked',
    sourcesContent: false,
    minify: false, // Node prints the line an uncaught error came from: a minified one fills the log
    keepNames: true, // some libraries ask for constructor.name, and a collision would rename the class
    legalComments: 'none', // whole licence texts are written below
    banner: { js: BANNER },
    external: OPTIONAL,
    plugins: [onlyHttpOfDapr, dependencyFiles(outdir, assets)],
    metafile: true,
    logLevel: 'silent', // what is wrong is in the error thrown,
  });
  for (const [from, to] of assets) await cp(from, to, { recursive: true });
  const packages = await packagesOf(metafile, folder);
  await writeFile(join(outdir, 'THIRD-PARTY-LICENSES.txt'), await licences(packages));
  await writeFile(join(outdir, 'bundle.cdx.json'), await inventory(packages));
  return { file, bytes: (await stat(file)).size, packages: [...packages.keys()] };
}

/**
 * @dapr/dapr loads its gRPC client, server, actors and workflows whatever one asks of it: 30 MiB of memory in a process
 * that may have 96. We call the sidecar over HTTP only (packages/runtime/src/sidecar.ts), so the rest is left out; asking
 * for it would fail at once with this class's name.
 */
const onlyHttpOfDapr: Plugin = {
  name: 'only-http-of-dapr',
  setup(builder) {
    const unused =
      /[\\/]@dapr[\\/]dapr[\\/](implementation[\\/](Client[\\/]GRPCClient|Server)|workflow|actors|proto)[\\/]/;
    builder.onLoad({ filter: unused }, () => ({
      contents: 'exports.__esModule = true; exports.default = class NotBundled {};',
      loader: 'js',
    }));
    builder.onLoad({ filter: /[\\/]@dapr[\\/]dapr[\\/]index\.js$/ }, () => ({
      // ES syntax: an import of what is not listed here fails the build; from CommonJS it would be undefined at run time.
      contents: `export { default as DaprClient } from './implementation/Client/DaprClient';
        export { default as HttpMethod } from './enum/HttpMethod.enum';
        export { default as StateConcurrencyEnum } from './enum/StateConcurrency.enum';
        export { default as StateConsistencyEnum } from './enum/StateConsistency.enum';`,
      loader: 'js',
    }));
  },
};

/**
 * A few dependencies (@grpc/grpc-js) read `.proto` files beside their code through `__dirname`. Those
 * files go to dist/files/<package>/, and `__dirname` in that code becomes the same place there.
 * @param assets filled with what has to be copied: source folder → target folder.
 */
function dependencyFiles(outdir: string, assets: Map<string, string>): Plugin {
  return {
    name: 'dependency-files',
    setup(builder) {
      builder.onLoad({ filter: /[\\/]node_modules[\\/].*\.c?js$/ }, async ({ path }) => {
        const code = await readFile(path, 'utf8');
        if (!/\b__dirname\b/.test(code)) return undefined;
        const root = packageFolder(path);
        const inside = join('files', root.name, relative(root.folder, dirname(path)));
        for (const proto of await protoFolders(root.folder)) {
          assets.set(proto, join(outdir, 'files', root.name, relative(root.folder, proto)));
        }
        const place = JSON.stringify(inside.split(sep).join('/'));
        return { contents: `const __dirname=bundleFolder+'/'+${place};${code}`, loader: 'js' };
      });
    },
  };
}

/** Folders named `proto` of one package, at most two levels down. */
async function protoFolders(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const candidate of ['proto', join('build', 'proto'), join('dist', 'proto')]) {
    const path = join(folder, candidate);
    if ((await stat(path).catch(() => undefined))?.isDirectory()) found.push(path);
  }
  return found;
}

/** The package a file belongs to: its name and folder, by the last `node_modules` in the path. */
function packageFolder(path: string): { name: string; folder: string } {
  const marker = `${sep}node_modules${sep}`;
  const at = path.lastIndexOf(marker) + marker.length;
  const parts = path.slice(at).split(sep);
  const name = parts.slice(0, parts[0]?.startsWith('@') ? 2 : 1).join('/');
  return { name, folder: path.slice(0, at) + name };
}

/** Every third-party package whose code is in the bundle: `name@version` → its folder. */
async function packagesOf(metafile: Metafile, folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const input of Object.keys(metafile.inputs)) {
    const path = resolve(folder, input);
    if (!path.includes(`${sep}node_modules${sep}`)) continue;
    const { name, folder: root } = packageFolder(path);
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      version: string;
    };
    found.set(`${name}@${version}`, root);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function licences(packages: Map<string, string>): Promise<string> {
  const sections: string[] = [];
  for (const [name, folder] of packages) {
    const { license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
      license?: string;
    };
    const texts = (await readdir(folder))
      .filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
      .sort();
    const bodies = await Promise.all(texts.map((file) => readFile(join(folder, file), 'utf8')));
    sections.push(
      [`${name} (${license ?? 'see below'})`, '', ...bodies.map((body) => body.trim()), ''].join(
        '\n',
      ),
    );
  }
  return `This program contains the packages below.\n\n${sections.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/** The packages inside as a CycloneDX 1.6 list; syft and trivy read it from the image. */
async function inventory(packages: Map<string, string>): Promise<string> {
  const components: object[] = [];
  for (const folder of packages.values()) {
    const { name, version, license } = JSON.parse(
      await readFile(join(folder, 'package.json'), 'utf8'),
    ) as {
      name: string;
      version: string;
      license?: string;
    };
    const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
    components.push({
      type: 'library',
      'bom-ref': purl,
      name,
      version,
      purl,
      ...(license === undefined ? {} : { licenses: [{ expression: license }] }),
    });
  }
  return `${JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, components }, null, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.cwd();
  if (!(await stat(join(folder, 'src/main.ts')).catch(() => undefined))) {
    process.stderr.write(
      `bundle: no src/main.ts in ${folder}: run it in a service's folder (npm run build)\n`,
    );
    process.exit(2);
  }
  const started = performance.now();
  const made = await bundleService(folder).catch((error: unknown) => {
    process.stderr.write(`bundle: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  });
  process.stdout.write(
    `${basename(folder)}: dist/main.js ${(made.bytes / 1024).toFixed(0)} KiB, ${made.packages.length} packages, ${(performance.now() - started).toFixed(0)} ms\n`,
  );
}
