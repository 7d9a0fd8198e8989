// The root of an image that runs Node and nothing else: no shell, no npm, no package manager. Of the base image come Node, the
// libraries it is linked with and the time zones; with them Debian's records of those packages, so that scanners see what is there.
// Runs on the build machine and reads the target's files as data, so nothing of another platform is run.
// usage: runtime-root.ts TARGET OUT    (TARGET has usr/local/bin/node, usr/lib, var/lib/dpkg/status)
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { rootCertificates } from 'node:tls';

/** What Node's official builds are linked with, and what name lookup loads at run time. */
const LIBRARIES = [
  ...['libc.so.6', 'libm.so.6', 'libdl.so.2', 'libpthread.so.0', 'librt.so.1', 'libresolv.so.2'],
  ...['libgcc_s.so.1', 'libstdc++.so.6'],
];
/** The dynamic loader's path, which is written into every program, by Debian's name of the architecture. */
const LOADERS: Readonly<Record<string, string>> = {
  'x86_64-linux-gnu': 'lib64/ld-linux-x86-64.so.2',
  'aarch64-linux-gnu': 'lib/ld-linux-aarch64.so.1',
};
/** Debian packages that these files are of. */
const PACKAGES = ['libc6', 'libgcc-s1', 'libstdc++6', 'tzdata'];
const USERS = `root:x:0:0:root:/root:/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin
nonroot:x:65532:65532:nonroot:/tmp:/sbin/nologin
`;
const GROUPS = 'root:x:0:\nnogroup:x:65534:\nnonroot:x:65532:\n';

/** Debian's record of each package, as scanners look for it where there is no package manager. */
export function packageRecords(status: string, names: readonly string[]): Map<string, string> {
  const records = status.split(/\n\n+/).filter((record) => /^Status: .* installed$/m.test(record));
  return new Map(
    records.flatMap((record) => {
      const name = /^Package: (\S+)$/m.exec(record)?.[1];
      return name !== undefined && names.includes(name) ? [[name, `${record.trim()}\n`]] : [];
    }),
  );
}

function main(target: string, out: string): void {
  const libraries = join(target, 'usr/lib');
  const architecture = Object.keys(LOADERS).find((name) => existsSync(join(libraries, name)));
  const loader = LOADERS[architecture ?? ''];
  if (architecture === undefined || loader === undefined)
    throw new Error(`the base image is of none of ${Object.keys(LOADERS).join(', ')}`);
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(out, path)), { recursive: true });
    writeFileSync(join(out, path), text);
  };
  const copy = (from: string, path: string) => {
    mkdirSync(dirname(join(out, path)), { recursive: true });
    copyFileSync(from, join(out, path));
    chmodSync(join(out, path), 0o755);
  };
  copy(join(target, 'usr/local/bin/node'), 'usr/local/bin/node');
  const at = (name: string) => join(libraries, architecture, name);
  for (const name of LIBRARIES) copy(at(name), `lib/${architecture}/${name}`);
  copy(at(loader.split('/').at(-1) ?? ''), loader);
  // the same on every platform: the build machine's will do where the target has none
  const zones = [join(target, 'usr/share/zoneinfo'), '/usr/share/zoneinfo'].find(existsSync);
  if (zones !== undefined)
    cpSync(zones, join(out, 'usr/share/zoneinfo'), { recursive: true, verbatimSymlinks: true });
  const status = readFileSync(join(target, 'var/lib/dpkg/status'), 'utf8');
  for (const [name, record] of packageRecords(status, PACKAGES))
    write(`var/lib/dpkg/status.d/${name}`, record);
  write('etc/passwd', USERS);
  write('etc/group', GROUPS);
  write('etc/nsswitch.conf', 'hosts: files dns\n');
  write('etc/ssl/certs/ca-certificates.crt', `${rootCertificates.join('\n')}\n`);
  for (const name of ['os-release']) copy(join(target, 'usr/lib', name), `etc/${name}`);
  mkdirSync(join(out, 'tmp'), { recursive: true });
  chmodSync(join(out, 'tmp'), 0o1777);
  // when an image is built must not show in it
  for (const name of ['', ...readdirSync(out, { recursive: true, encoding: 'utf8' })].reverse())
    lutimesSync(join(out, name), 0, 0);
}

if (import.meta.main) main(process.argv[2] ?? '', process.argv[3] ?? '');
