// Addresses and logins of registries: everything that can be said before a registry answers 'denied'.
import { describe, expect, test } from 'vitest';
import { InvalidArguments } from '../src/arguments.ts';
import { dockerConfig, resolveRegistry } from '../src/registry.ts';
import type { RegistryRequest } from '../src/registry.ts';

const OCIR: RegistryRequest = {
  kind: 'ocir',
  region: 'fra',
  namespace: 'axq5k2v8lmno',
  username: 'axq5k2v8lmno/alice@example.com',
  hasToken: true,
};

function problemsOf(request: RegistryRequest): readonly string[] {
  try {
    resolveRegistry(request);
  } catch (error) {
    if (error instanceof InvalidArguments) return error.problems;
    throw error;
  }
  throw new Error('accepted');
}

describe('E07: OCIR user name, namespace and region forms', () => {
  test.each([
    ['axq5k2v8lmno/alice@example.com'],
    ['axq5k2v8lmno/oracleidentitycloudservice/alice@example.com'],
    ['axq5k2v8lmno/Dev Domain/alice@example.com'],
    ['BEARER_TOKEN'],
  ])('accepts the user %s', (username) => {
    expect(resolveRegistry({ ...OCIR, username }).username).toBe(username);
  });

  test.each([['alice'], ['/alice'], ['axq5k2v8lmno/'], ['a/b/c/d'], ['other/alice']])(
    'E07: refuses the user %s and shows the expected shape',
    (username) => {
      expect(problemsOf({ ...OCIR, username })).toEqual([
        expect.stringMatching(
          /^--username: .*expected axq5k2v8lmno\/<user>, or axq5k2v8lmno\/oracleidentitycloudservice\/<user>/,
        ),
      ]);
    },
  );

  test.each([
    ['fra', 'fra.ocir.io'],
    ['FRA', 'fra.ocir.io'],
    ['eu-frankfurt-1', 'fra.ocir.io'],
    ['us-ashburn-1', 'iad.ocir.io'],
    ['xx-newregion-9', 'ocir.xx-newregion-9.oci.oraclecloud.com'],
  ])('E07: region %s is %s', (region, host) => {
    expect(resolveRegistry({ ...OCIR, region }).host).toBe(host);
  });

  test('E07: the repository is lower case', () => {
    const target = resolveRegistry({
      ...OCIR,
      namespace: 'AXQ5K2V8LMNO',
      username: 'AXQ5K2V8LMNO/alice',
      prefix: '/Todo/',
    });
    expect(target.repository).toBe('fra.ocir.io/axq5k2v8lmno/todo');
  });

  test('E07: an empty namespace is told from the tenancy name', () => {
    expect(problemsOf({ ...OCIR, namespace: ' ', username: 'x/alice' })).toEqual([
      expect.stringContaining("not the tenancy's name"),
    ]);
  });

  test('lists everything that is missing at once, naming each flag', () => {
    expect(
      problemsOf({ kind: 'ocir', hasToken: false }).map((problem) => problem.split(' ')[0]),
    ).toEqual(['--region', '--namespace', '--username', '--token']);
  });
});

describe('other registries', () => {
  test('GHCR is ghcr.io/<owner>', () => {
    expect(
      resolveRegistry({ kind: 'ghcr', namespace: 'Acme', username: 'bot', hasToken: true })
        .repository,
    ).toBe('ghcr.io/acme/todo');
  });

  test.each([
    ['registry.example.com/team', 'registry.example.com/team/todo', 'registry.example.com'],
    [
      'https://registry.example.com:8443/Team/',
      'registry.example.com:8443/team/todo',
      'registry.example.com:8443',
    ],
    ['localhost:5000', 'localhost:5000/todo', 'localhost:5000'],
  ])('%s is %s', (address, repository, host) => {
    expect(
      resolveRegistry({ kind: 'other', address, username: 'u', hasToken: true }),
    ).toMatchObject({ repository, host });
  });

  test.each([['team/app'], ['-bad.example.com'], ['registry.example.com/a b']])(
    'refuses the address %s',
    (address) => {
      expect(problemsOf({ kind: 'other', address, username: 'u', hasToken: true })[0]).toContain(
        '--address',
      );
    },
  );

  test('a dry run needs no login', () => {
    expect(
      resolveRegistry({ kind: 'ocir', region: 'fra', namespace: 'ns', hasToken: false }, false)
        .repository,
    ).toBe('fra.ocir.io/ns/todo');
  });

  test('an empty prefix leaves no double slash', () => {
    expect(resolveRegistry({ ...OCIR, prefix: '' }).repository).toBe('fra.ocir.io/axq5k2v8lmno');
  });
});

test('the docker configuration keeps a token with colons whole', () => {
  const { auths } = JSON.parse(dockerConfig('fra.ocir.io', 'ns/alice', 'a:b>c')) as {
    auths: Record<string, { auth: string }>;
  };
  expect(Buffer.from(auths['fra.ocir.io']?.auth ?? '', 'base64').toString()).toBe('ns/alice:a:b>c');
});

describe('N49: Docker Hub', () => {
  const hub = (address: string, prefix?: string): RegistryRequest => ({
    ...{ kind: 'other', address, username: 'ann', hasToken: true },
    ...(prefix === undefined ? {} : { prefix }),
  });

  test.each([
    ...['docker.io/ann', 'index.docker.io/ann', 'registry-1.docker.io/ann', 'DOCKER.io/Ann/'],
    ...['https://index.docker.io/v1/ann', 'registry.hub.docker.com/ann'],
  ])('%s is docker.io/ann', (address) => {
    expect(resolveRegistry(hub(address, ''))).toMatchObject({
      host: 'docker.io',
      repository: 'docker.io/ann',
    });
  });

  test.each([
    [
      'docker.io/ann',
      'todo',
      /^--prefix: Docker Hub's names have two parts, so docker\.io\/ann\/todo\/backend is impossible there: .*docker\.io\/ann\/backend$/,
    ],
    ['docker.io/ann', undefined, /^--prefix: .*docker\.io\/ann\/todo\/backend is impossible/],
    ['index.docker.io/ann/apps', '', /^--address: .*docker\.io\/ann\/apps\/backend is impossible/],
    [
      'registry-1.docker.io/ann',
      'a/b',
      /^--prefix: .*docker\.io\/ann\/a\/b\/backend is impossible/,
    ],
    ['docker.io', 'todo', /^--address: give the user or organisation too/],
    ['https://index.docker.io/v1/', '', /^--address: give the user or organisation too/],
  ])('%s with prefix %s is refused with what works', (address, prefix, message) => {
    expect(problemsOf(hub(address, prefix))).toEqual([expect.stringMatching(message)]);
  });

  test.each(['docker.io', 'index.docker.io', 'registry-1.docker.io', 'Docker.io'])(
    'the login of %s is filed where tools look for it',
    (host) => {
      const { auths } = JSON.parse(dockerConfig(host, 'ann', 'token\n')) as {
        auths: Record<string, { auth: string }>;
      };
      expect(Object.keys(auths)).toEqual(['https://index.docker.io/v1/']);
      const { auth } = auths['https://index.docker.io/v1/']!;
      expect(Buffer.from(auth, 'base64').toString()).toBe('ann:token');
    },
  );

  test('another registry that has docker.io in its name is itself', () => {
    expect(resolveRegistry(hub('docker.io.example.com/ann')).repository).toBe(
      'docker.io.example.com/ann/todo',
    );
    expect(
      Object.keys((JSON.parse(dockerConfig('ghcr.io', 'a', 'b')) as { auths: object }).auths),
    ).toEqual(['ghcr.io']);
  });

  test.each(['ocir', 'ghcr', 'other'] as const)(
    '%s: the hint for a token is no deprecated form',
    (kind) => {
      const [problem] = problemsOf({ kind, hasToken: false }).filter((one) =>
        one.startsWith('--token'),
      );
      expect(problem).toMatch(/env:\/\/[A-Z]/);
    },
  );
});
