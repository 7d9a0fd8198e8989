// The module as the engine will see it: read by the SDK's own introspection, as when `dagger functions` is called.
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CLIENT_DECLARATIONS } from './engine-schema.ts';

interface Argument {
  name: string;
  description?: string;
  isOptional: boolean;
  defaultValue?: unknown;
  defaultPath?: string;
}
interface Method {
  name: string;
  description?: string;
  isCheck: boolean;
  cache?: string;
  arguments: Record<string, Argument>;
}
interface Module {
  description: string;
  objects: Record<string, { methods: Record<string, Method> }>;
  enums: Record<string, { values: Record<string, { value: string; description?: string }> }>;
}

const source = join(import.meta.dirname, '../src');
let folder: string;
let module: Module;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'introspection-'));
  // the introspection looks for the client under this name, as the engine generates it
  copyFileSync(CLIENT_DECLARATIONS, join(folder, 'client.gen.ts'));
  const introspector = join(CLIENT_DECLARATIONS, '../../module/introspector/index.js');
  const { scan } = (await import(pathToFileURL(introspector).href)) as {
    scan: (files: string[], name: string, load: boolean) => Promise<Module>;
  };
  const files = readdirSync(source).map((name) => join(source, name));
  module = await scan([...files, join(folder, 'client.gen.ts')], 'todo', false);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
const methods = () => Object.values(module.objects['Todo']!.methods);

describe('what dagger functions shows', () => {
  test('the functions of the pipeline, and no others', () => {
    expect(methods().map(({ name }) => name)).toEqual([
      'check',
      'test',
      'build',
      'image',
      'testIntegration',
      'integrationResults',
      'publish',
      'published',
      'deploy',
      'rollback',
      'up',
      'sbom',
      'scan',
      'doctor',
      'release',
    ]);
  });

  test('each function, argument and choice is described, with an example to copy', () => {
    expect(module.description).toContain('build, test, prove, publish, deploy');
    for (const method of methods()) {
      expect(method.description, method.name).toMatch(/Example: dagger call /);
      // all that `dagger functions` shows
      expect(method.description?.split('\n')[0], method.name).toMatch(/^.{20,120}\.$/);
      for (const argument of Object.values(method.arguments)) {
        expect(argument.description, `${method.name} --${argument.name}`).toBeTruthy();
      }
    }
    for (const { values } of Object.values(module.enums)) {
      for (const [name, value] of Object.entries(values))
        expect(value.description, name).toBeTruthy();
    }
  });

  test('E09: what has an effect outside, or tests, is never answered from a cache', () => {
    const never = methods().filter(({ cache }) => cache === 'never');
    expect(never.map(({ name }) => name)).toEqual([
      'testIntegration',
      'integrationResults',
      'publish',
      'published',
      'deploy',
      'rollback',
      'doctor',
      'release',
    ]);
  });

  test('checks need no argument', () => {
    const checks = methods().filter(({ isCheck }) => isCheck);
    expect(checks.map(({ name }) => name)).toEqual(['check', 'test']);
    for (const check of checks) {
      expect(Object.values(check.arguments).filter(({ isOptional }) => !isOptional)).toEqual([]);
    }
  });

  test('names read the same on the command line: no digit, none of the command line’s own flags', () => {
    const taken = [
      'progress',
      'debug',
      'lock',
      'cloud',
      'workdir',
      'output',
      'json',
      'model',
      'verbose',
      'quiet',
    ];
    for (const method of methods()) {
      for (const name of [method.name, ...Object.keys(method.arguments)]) {
        expect(name).toMatch(/^[a-zA-Z]+$/);
        expect(taken).not.toContain(name);
      }
    }
  });

  test('the user’s calls need nothing but what they say', () => {
    const required = (name: string) =>
      Object.values(module.objects['Todo']!.methods[name]!.arguments)
        .filter(
          (argument) =>
            !argument.isOptional &&
            argument.defaultValue === undefined &&
            argument.defaultPath === undefined,
        )
        .map((argument) => argument.name);
    expect(required('testIntegration')).toEqual([]);
    expect(required('publish')).toEqual(['registry']);
    expect(required('deploy')).toEqual(['env']);
    expect(Object.keys(module.enums['Registry']!.values)).toEqual(['OCIR', 'GHCR', 'OTHER']);
  });
});

test('the workflows hold no logic but the calls, at dagger.json’s version, with actions pinned by commit', () => {
  const root = join(import.meta.dirname, '../..');
  const { engineVersion } = JSON.parse(readFileSync(join(root, 'dagger.json'), 'utf8')) as {
    engineVersion: string;
  };
  const folder = join(root, '.github/workflows');
  for (const name of readdirSync(folder)) {
    const text = readFileSync(join(folder, name), 'utf8');
    expect(
      [...text.matchAll(/version: (.*)/g)].map(([, version]) => version),
      name,
    ).toEqual([engineVersion]);
    for (const [, action = ''] of text.matchAll(/uses: (.*)/g))
      expect(action).toMatch(/@[0-9a-f]{40} # v/);
    for (const [, command = ''] of text.matchAll(/^ *(?:- )?run: (?:>-\n\s+)?(.*)/gm))
      expect(command).toMatch(/^dagger call /);
    expect(text).toContain('permissions: {}');
  }
});

test('one engine version everywhere: dagger.json, the client the tests use', () => {
  const root = join(import.meta.dirname, '../..');
  const { engineVersion } = JSON.parse(readFileSync(join(root, 'dagger.json'), 'utf8')) as {
    engineVersion: string;
  };
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  expect(`v${devDependencies['@dagger.io/dagger'] ?? ''}`).toBe(engineVersion);
});
