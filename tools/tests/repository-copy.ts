// A copy of this repository's files for tests that change them. Its packages are this repository's, its workspaces its own.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';

const ROOT = join(import.meta.dirname, '../..');

/** A copy that a test may change as it likes. */
export interface RepositoryCopy {
  readonly root: string;
  /** Writes a file with its folder, or replaces it. @param path from the copy's root */
  write: (path: string, content: string) => void;
  /** Takes a file back to what this repository has there: nothing, or its own. */
  restore: (path: string) => void;
  /** Runs a script of package.json as `npm run` does. @returns its exit code and all that it printed */
  script: (name: string) => Promise<{ code: number; output: string }>;
  remove: () => void;
}

/** Copies every file that git would commit, and links what npm has installed. */
export function copyRepository(): RepositoryCopy {
  const root = mkdtempSync(join(tmpdir(), 'todo-copy-'));
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 });
  const files = git('ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0');
  const copied = new Set(
    files.filter(
      (file) =>
        file !== '' && !file.startsWith('docs/screenshots/') && existsSync(join(ROOT, file)),
    ),
  );
  const copy = (file: string): void => {
    cpSync(join(ROOT, file), join(root, file), {
      recursive: true, // for a link to a folder
      verbatimSymlinks: true,
    });
  };
  for (const file of copied) copy(file);
  execFileSync('git', ['init', '--quiet', root]);
  linkPackages(root);
  return {
    root,
    write: (path, content) => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    },
    restore: (path) => {
      rmSync(join(root, path), { force: true });
      if (copied.has(path)) copy(path);
    },
    script: async (name) => {
      const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
        scripts: Record<string, string>;
      };
      const command = scripts[name] ?? 'exit 127';
      const child = spawn('sh', ['-c', `(${command}) 2>&1`], {
        cwd: root,
        stdio: ['ignore', 'pipe', 'inherit'],
        env: {
          ...process.env,
          PATH: `${dirname(process.execPath)}:${join(root, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`,
          NO_COLOR: '1',
          FORCE_COLOR: '0',
        },
      });
      const [[code], output] = await Promise.all([
        once(child, 'close') as Promise<[number]>,
        text(child.stdout),
      ]);
      return { code, output };
    },
    remove: () => {
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Every folder of packages that npm made, with links to what is in it; a workspace's link leads to the copy's own. */
function linkPackages(root: string): void {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { link?: boolean; resolved?: string }>;
  };
  const workspaces = Object.entries(packages).flatMap(([path, { link, resolved }]) =>
    link === true && resolved !== undefined ? [{ path, folder: resolved }] : [],
  );
  for (const folder of ['.', ...workspaces.map((one) => one.folder)]) {
    const from = join(ROOT, folder, 'node_modules');
    const to = join(root, folder, 'node_modules');
    const names = existsSync(from) ? readdirSync(from) : [];
    if (names.length > 0) mkdirSync(to, { recursive: true });
    for (const name of names) if (name !== '@todo') symlinkSync(join(from, name), join(to, name));
  }
  for (const { path, folder } of workspaces) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(join(root, folder), join(root, path));
  }
}
