// The root of an image: what Node needs, what scanners look for, and nothing that runs a command.
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { packageRecords } from '../runtime-root.ts';

const PROGRAM = join(import.meta.dirname, '../runtime-root.ts');
const STATUS = `Package: bash
Status: install ok installed
Version: 5.2

Package: libc6
Status: install ok installed
Architecture: amd64
Version: 2.36-9
Description: GNU C Library
 more

Package: tzdata
Status: deinstall ok config-files
Version: 1

Package: libstdc++6
Status: install ok installed
Version: 12.2
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runtime-root-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A base image's files, of an architecture by Debian's name, with things that an image must not get. */
function base(architecture: string, loader: string): string {
  const target = join(folder, 'target');
  const libraries = `usr/lib/${architecture}`;
  for (const [path, text] of Object.entries({
    'usr/local/bin/node': 'node',
    'usr/local/bin/npm': 'npm',
    ...Object.fromEntries(
      ['libc', 'libm', 'libresolv', 'libstdc++'].map((name) => [`${libraries}/${name}.so.6`, name]),
    ),
    ...Object.fromEntries(['libdl.so.2'].map((name) => [`${libraries}/${name}`, name])),
    ...Object.fromEntries(
      ['libpthread.so.0', 'librt.so.1', 'libgcc_s.so.1', 'libresolv.so.2'].map((name) => [
        `${libraries}/${name}`,
        name,
      ]),
    ),
    [`${libraries}/${loader}`]: 'loader',
    [`${libraries}/libapt-pkg.so.6.0`]: 'apt',
    'usr/lib/os-release': 'ID=debian\n',
    'usr/bin/sh': 'sh',
    'usr/share/zoneinfo/Asia/Kolkata': 'zone',
    'var/lib/dpkg/status': STATUS,
  })) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    writeFileSync(join(target, path), text);
  }
  return target;
}
function make(target: string): string[] {
  const out = join(folder, 'out');
  mkdirSync(out);
  execFileSync(process.execPath, [PROGRAM, target, out], { stdio: 'pipe' });
  return readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(join(out, path)).isFile(),
  );
}

describe.each([
  ['x86_64-linux-gnu', 'ld-linux-x86-64.so.2', 'lib64/ld-linux-x86-64.so.2'],
  ['aarch64-linux-gnu', 'ld-linux-aarch64.so.1', 'lib/ld-linux-aarch64.so.1'],
])('%s', (architecture, loader, path) => {
  test('has Node, its libraries and loader, certificates and zones, and no program beside', () => {
    const files = make(base(architecture, loader));
    expect(files).toEqual(
      expect.arrayContaining([
        ...['usr/local/bin/node', path, `lib/${architecture}/libstdc++.so.6`],
        ...['usr/share/zoneinfo/Asia/Kolkata', 'etc/ssl/certs/ca-certificates.crt', 'etc/passwd'],
      ]),
    );
    expect(files.filter((file) => /(^|\/)(sh|npm|npx|apt|dpkg)$|apt/.test(file))).toEqual([]);
    expect(readFileSync(join(folder, 'out/etc/ssl/certs/ca-certificates.crt'), 'utf8')).toMatch(
      /^-----BEGIN CERTIFICATE-----/,
    );
    expect(readFileSync(join(folder, 'out/etc/passwd'), 'utf8')).toMatch(/:65532:65532:/);
  });
  test('shows nothing of when it was made', () => {
    make(base(architecture, loader));
    const out = join(folder, 'out');
    for (const name of ['', ...readdirSync(out, { recursive: true, encoding: 'utf8' })])
      expect(statSync(join(out, name)).mtimeMs, name).toBe(0);
  });
});

test('a base image of another architecture, or without a library, is refused', () => {
  expect(() => make(base('powerpc64le-linux-gnu', 'ld64.so.2'))).toThrow(/is of none of x86_64/);
  rmSync(join(folder, 'out'), { recursive: true });
  const target = base('x86_64-linux-gnu', 'ld-linux-x86-64.so.2');
  rmSync(join(target, 'usr/lib/x86_64-linux-gnu/libstdc++.so.6'));
  expect(() => make(target)).toThrow(/libstdc\+\+/);
});

test('packages are those whose files are there: installed, and asked for', () => {
  const records = packageRecords(STATUS, ['libc6', 'libstdc++6', 'tzdata', 'libgcc-s1']);
  expect([...records.keys()]).toEqual(['libc6', 'libstdc++6']);
  expect(records.get('libc6')).toMatch(/^Package: libc6\n[\s\S]* more\n$/);
});

test('both Dockerfiles make their last stage from it, and nothing else of the base image', () => {
  for (const path of ['services/Dockerfile', 'web/Dockerfile']) {
    const text = readFileSync(join(import.meta.dirname, '../..', path), 'utf8');
    const last = text.slice(text.lastIndexOf('\nFROM '));
    expect(last).toMatch(/^\nFROM scratch\n/);
    expect([...last.matchAll(/^COPY (.*)$/gm)].map(([, words]) => words)).toEqual([
      '--from=runtime /out /',
      '--from=build /out /',
    ]);
    expect(last).not.toMatch(/^RUN /m);
    expect(existsSync(PROGRAM)).toBe(true);
  }
});
