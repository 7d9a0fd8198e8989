// Starts a part again when its sources change: its own, and those of the packages that its package.json names.
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { watch } from 'chokidar';
import { ROOT } from './data-folder.ts';
import { describe } from './errors.ts';
import type { Part } from './supervisor.ts';

/** An editor, or a change of branch, writes several files: one restart for what comes within this time, ms. */
const SETTLE_MS = 150;
/** What of a workspace a running process reads. */
const READ_FROM = ['src', 'migrations', 'sql'];
/** What Next itself does not bring into a running server; the rest of web it compiles and reloads. */
const READ_BY_WEB_SERVER = ['server', 'migrations', 'instrumentation.ts', 'next.config.ts'];

/** The workspaces of this repository that a workspace runs on, itself first, as absolute folders. */
function workspacesOf(folder: string, found: string[] = []): string[] {
  if (found.includes(folder)) return found;
  found.push(folder);
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  for (const name of Object.keys(dependencies))
    if (name.startsWith('@todo/'))
      workspacesOf(realpathSync(join(ROOT, 'node_modules', name)), found);
  return found;
}

/**
 * What a part's process reads while it starts.
 * @param part its name; `pubsub-…` are the component's processes
 * @returns absolute paths of files and folders that exist; none for a part that does not run from our sources
 */
export function sourcesOf(part: string): string[] {
  const folder = part.startsWith('pubsub-') ? 'pubsub-postgresql' : part;
  const own = join(ROOT, part === 'web' ? 'web' : join('services', folder));
  if (!existsSync(join(own, 'package.json'))) return [];
  const paths = workspacesOf(own).flatMap((workspace) => {
    if (part === 'web' && workspace === own)
      return READ_BY_WEB_SERVER.map((name) => join(own, name));
    return READ_FROM.map((name) => join(workspace, name));
  });
  return paths.filter((path) => existsSync(path));
}

/** Whether a process may read this file: not an editor's own, nor a text for people. */
const isSource = (path: string): boolean => /^[^.].*\.(ts|sql|json)$/.test(basename(path));

/**
 * Watches the sources of every part that runs from them.
 * @param sources {@link sourcesOf}, unless a test has its own
 * @returns when every folder is watched: what ends the watching
 */
export async function restartOnChange(
  parts: readonly Part[],
  say: (line: string) => void,
  sources: (part: string) => string[] = sourcesOf,
): Promise<() => Promise<void>> {
  const watched = parts.map((part) => ({ part, paths: sources(part.name) }));
  const changed = new Set<string>();
  let settled: NodeJS.Timeout | undefined;

  function restartChanged(): void {
    const files = [...changed];
    changed.clear();
    const concerned = watched.filter(({ paths }) =>
      paths.some((path) => files.some((file) => file === path || file.startsWith(`${path}${sep}`))),
    );
    if (concerned.length === 0) return;
    const [first = '', ...others] = files;
    const more = others.length > 0 ? ` and ${others.length} more` : '';
    const names = concerned.map(({ part }) => part.name).join(', ');
    say(`${relative(ROOT, first)}${more} changed: starting ${names} again`);
    for (const { part } of concerned)
      part.restart().catch((error: unknown) => {
        say(`${part.name} could not be restarted: ${describe(error)}`);
      });
  }

  const watcher = watch([...new Set(watched.flatMap(({ paths }) => paths))], {
    ignoreInitial: true,
    ignored: (path, stats) => stats?.isFile() === true && !isSource(path),
  });
  watcher.on('all', (_event, path) => {
    if (!isSource(path)) return; // a folder
    changed.add(path);
    clearTimeout(settled);
    settled = setTimeout(restartChanged, SETTLE_MS);
  });
  watcher.on('error', (error) => {
    say(`a change may go unnoticed: ${describe(error)}`);
  });
  await new Promise<void>((resolve) => {
    watcher.once('ready', resolve);
  });
  return async () => {
    clearTimeout(settled);
    await watcher.close();
  };
}
