// What is tried again, what a failure says, what a multi-platform image must hold, what a kubeconfig must bring.
import { describe, expect, test, vi } from 'vitest';
import { errorText, explain, registryHintFor } from '../src/failure.ts';
import { addressesOf, checkKubeconfig, programPath } from '../src/kubeconfig.ts';
import { verifyElf, verifyIndex, verifyPlatforms } from '../src/multi-platform.ts';
import { MAX_ATTEMPTS, retryDelay, withRetry } from '../src/retry.ts';

describe('trying again', () => {
  test.each([
    ['unexpected status: 429 Too Many Requests'],
    ['502 Bad Gateway'],
    ['read: connection reset by peer'],
    ['net/http: TLS handshake timeout'],
  ])('waits 2, 4, 8 s after: %s', (message) => {
    expect([1, 2, 3, 4].map((attempt) => retryDelay(message, attempt))).toEqual([
      2_000,
      4_000,
      8_000,
      undefined,
    ]);
  });
  test.each([
    ['401 Unauthorized'],
    ['403 Forbidden'],
    ['denied: Anonymous users are only allowed read access'],
    ['503: denied'],
    ['exit code 1'],
  ])('E07: never after: %s', (message) => {
    expect(retryDelay(message, 1)).toBeUndefined();
  });
  test('stops with the last error after the last try', async () => {
    const sleep = vi.fn(() => Promise.resolve());
    const work = vi.fn((attempt: number) => Promise.reject(new Error(`503, try ${attempt}`)));
    await expect(withRetry(work, errorText, sleep)).rejects.toThrow(`503, try ${MAX_ATTEMPTS}`);
    expect(sleep.mock.calls).toEqual([[2_000], [4_000], [8_000]]);
  });
  test('gives the result of the try that worked', async () => {
    const work = (attempt: number) =>
      attempt < 3 ? Promise.reject(new Error('502')) : Promise.resolve('done');
    await expect(withRetry(work, errorText, () => Promise.resolve())).resolves.toBe('done');
  });
});

describe('a failure', () => {
  const command = Object.assign(new Error('process "x" did not complete successfully'), {
    cmd: ['helm', 'upgrade', 'todo'],
    exitCode: 1,
    stdout: Array.from({ length: 60 }, (_, line) => `line ${line}`).join('\n'),
    stderr: 'Error: another operation (install/upgrade/rollback) is in progress\n',
  });
  test('starts with one readable line, then the end of the output, then a next step', () => {
    const lines = explain('deploy', command).message.split('\n');
    expect(lines[0]).toBe('deploy failed: exit code 1 of `helm upgrade todo`');
    expect(lines).toContain('(20 earlier lines omitted)');
    expect(lines).toContain('line 59');
    expect(lines).not.toContain('line 19');
    expect(lines.at(-1)).toMatch(/Run deploy again/);
  });
  test('an error of the engine is no bare GraphQL text', () => {
    expect(explain('build web', new Error('failed to resolve image\nmore')).message).toBe(
      'build web failed: failed to resolve image\nmore',
    );
    expect(explain('build web', 'odd').message).toBe('build web failed: odd');
    expect(explain('build web', new Error('')).message).toBe('build web failed: no reason given');
  });
  test('is not wrapped twice', () => {
    const once = explain('build', new Error('x'));
    expect(explain('publish', once)).toBe(once);
  });
  test('E07: a denied login is explained', () => {
    const denied = new Error('denied: anonymous users');
    expect(explain('publish', denied, registryHintFor(errorText(denied))).message).toMatch(
      /auth token of that user, not an API key/,
    );
  });
  test('a next step is for what failed, not for what its tests say', () => {
    const tests = Object.assign(new Error('exit code: 1'), {
      cmd: ['npm', 'test'],
      exitCode: 1,
      stdout: 'permission denied for table entries\nanswers 401\nno space left on device',
      stderr: '',
    });
    expect(explain('npm test', tests, null).message.split('\n').at(-1)).toMatch(/no space left/);
    expect(explain('check', tests).message).not.toMatch(/auth token/);
    expect(explain('check', tests).message).toMatch(/cache prune$/);
  });
});

const AMD = `sha256:${'a'.repeat(64)}`;
const ARM = `sha256:${'b'.repeat(64)}`;
function index(...entries: [string, string][]): string {
  return JSON.stringify({
    manifests: entries.map(([architecture, digest]) => ({
      digest,
      platform: { os: 'linux', architecture },
    })),
  });
}

describe('E04: an index that is not multi-arch', () => {
  test('gives each platform’s digest', () => {
    expect(verifyIndex(index(['arm64', ARM], ['amd64', AMD]))).toEqual([
      { platform: 'linux/amd64', digest: AMD },
      { platform: 'linux/arm64', digest: ARM },
    ]);
  });
  test('does not mind attestations beside the platforms', () => {
    expect(verifyIndex(index(['arm64', ARM], ['amd64', AMD], ['unknown', AMD]))).toHaveLength(2);
  });
  test.each([
    ['a plain manifest', JSON.stringify({ layers: [] }), /not a multi-platform index/],
    ['one platform', index(['amd64', AMD]), /linux\/arm64: expected 1 image, the index has 0/],
    [
      'a platform twice',
      index(['amd64', AMD], ['amd64', ARM], ['arm64', ARM]),
      /linux\/amd64: expected 1 image, the index has 2/,
    ],
    ['one image under two names', index(['amd64', AMD], ['arm64', AMD]), /have the same image/],
  ])('refuses %s', (_, text, message) => {
    expect(() => verifyIndex(text)).toThrow(message);
  });
  test('refuses an arm64 entry with amd64 inside', () => {
    const config = (architecture: string) => JSON.stringify({ os: 'linux', architecture });
    const manifest = (base: string) =>
      JSON.stringify({ layers: [{ digest: base }, { digest: 'app' }] });
    const amd = {
      platform: 'linux/amd64' as const,
      config: config('amd64'),
      manifest: manifest('x'),
    };
    expect(() => {
      verifyPlatforms([
        amd,
        { platform: 'linux/arm64', config: config('arm64'), manifest: manifest('y') },
      ]);
    }).not.toThrow();
    expect(() => {
      verifyPlatforms([
        amd,
        { platform: 'linux/arm64', config: config('amd64'), manifest: manifest('y') },
      ]);
    }).toThrow(/says it is linux\/amd64/);
    expect(() => {
      verifyPlatforms([
        amd,
        { platform: 'linux/arm64', config: config('arm64'), manifest: manifest('x') },
      ]);
    }).toThrow(/its base image is for linux\/amd64/);
  });
  test('refuses a program of another machine', () => {
    expect(() => {
      verifyElf('linux/amd64', ' 3e 00\n');
    }).not.toThrow();
    expect(() => {
      verifyElf('linux/arm64', ' b7 00\n');
    }).not.toThrow();
    expect(() => {
      verifyElf('linux/arm64', ' 3e 00\n');
    }).toThrow('linux/arm64: its node is built for linux/amd64');
    expect(() => {
      verifyElf('linux/arm64', '');
    }).toThrow(/machine 0x\?/);
  });
});

describe('E11: a kubeconfig in a container', () => {
  const NOTHING = { ociConfig: false, ociKey: false, oidcRequest: false };
  const view = (user: object, server = 'https://10.0.0.1:6443') =>
    JSON.stringify({
      'current-context': 'c',
      contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
      clusters: [{ name: 'k', cluster: { server } }],
      users: [{ name: 'u', user }],
    });
  test('a static token works without oci', () => {
    expect(checkKubeconfig(view({ token: 'REDACTED' }), NOTHING)).toBe('static');
    expect(checkKubeconfig(view({ 'client-certificate-data': 'DATA+OMITTED' }), NOTHING)).toBe(
      'static',
    );
  });
  test('one that calls oci is refused at once with everything it lacks', () => {
    const exec = view({ exec: { command: '/usr/local/bin/oci' } });
    expect(() => checkKubeconfig(exec, NOTHING)).toThrow(
      /--oci-config is missing[\s\S]*--oci-key is missing/,
    );
    expect(checkKubeconfig(exec, { ...NOTHING, ociConfig: true, ociKey: true })).toBe('oci');
  });
  test('one that asks GitHub needs the job’s request', () => {
    const exec = view({ exec: { command: 'github-oidc' } });
    expect(() => checkKubeconfig(exec, NOTHING)).toThrow(/id-token: write/);
    expect(checkKubeconfig(exec, { ...NOTHING, oidcRequest: true })).toBe('github-oidc');
  });
  test.each([
    [
      'another program',
      view({ exec: { command: 'aws' } }),
      /calls "aws", which does not exist in the container/,
    ],
    ['files outside', view({ tokenFile: '/x' }), /kubectl config view --raw --flatten/],
    ['no credentials', view({}), /neither a token nor a client certificate/],
    [
      'this machine',
      view({ token: 'x' }, 'https://127.0.0.1:6443'),
      /a container cannot reach this machine/,
    ],
    ['an empty file', '{"contexts":null,"users":null,"clusters":null}', /no current context/],
  ])('refuses %s', (_, text, message) => {
    expect(() => checkKubeconfig(text, NOTHING)).toThrow(message);
  });
  test.each([
    ...['https://0.0.0.0:40813', 'http://localhost:8080', 'https://127.0.0.1:6443'],
    ...[
      'https://127.0.0.2:6443',
      'https://127.1:6443',
      'https://2130706433',
      'https://0x7f000001:1',
    ],
    ...[
      'https://0:6443',
      'https://[::1]:6443',
      'https://[::]:6443',
      'https://[::ffff:127.0.0.1]:1',
    ],
    ...['https://[::ffff:0:0]:1', 'https://LOCALHOST:6443', 'https://localhost.:6443'],
    ...[
      'https://k8s.localhost:6443',
      'https://localhost.localdomain',
      'https://ip6-localhost:6443',
    ],
    ...['https://kubernetes.docker.internal:6443', 'https://host.docker.internal:6443'],
    ...['https://host.k3d.internal:1', 'https://control-plane.minikube.internal:8443'],
    ...['https://127.0.0.1.nip.io:6443', 'https://api.127-0-0-1.sslip.io'],
  ])('N47: refuses %s: it is this machine', (server) => {
    expect(() => checkKubeconfig(view({ token: 'x' }, server), NOTHING)).toThrow(
      /--kubeconfig: the cluster's server is .*a container cannot reach this machine/,
    );
  });
  test.each([
    ['https://laptop.local:6443', /names of the local network/],
    ['https://169.254.10.1:6443', /link-local/],
    ['https://[fe80::1]:6443', /link-local/],
    ['http://10.0.0.1:8080', /without TLS/],
    ['10.0.0.1:6443', /expected https:\/\/host:port/],
    ['ftp://10.0.0.1', /expected https:\/\/host:port/],
  ])('N47: refuses %s', (server, message) => {
    expect(() => checkKubeconfig(view({ token: 'x' }, server), NOTHING)).toThrow(message);
  });
  test.each([
    ...['https://10.0.0.1:6443', 'https://192.168.1.20:6443', 'https://[2001:db8::1]:6443'],
    ...['https://k3s:6443', 'https://api.example.com', 'https://10-0-0-1.sslip.io:6443'],
    'https://mylocalhost.example:6443',
  ])('N47: takes %s', (server) => {
    expect(checkKubeconfig(view({ token: 'x' }, server), NOTHING)).toBe('static');
  });
  test('N47: refuses a name that resolves to this machine, however it is called', async () => {
    const text = view({ token: 'x' }, 'https://cluster.example:6443');
    for (const addresses of [['127.0.0.1'], ['10.0.0.1', '::1'], ['0.0.0.0']])
      expect(() => checkKubeconfig(text, NOTHING, undefined, addresses)).toThrow(
        /cannot reach this machine/,
      );
    expect(checkKubeconfig(text, NOTHING, undefined, ['10.0.0.1'])).toBe('static');
    expect(await addressesOf(view({}, 'https://127.0.0.1:1'))).toEqual(['127.0.0.1']);
    expect(await addressesOf(view({}, 'https://no-such-name.invalid'))).toEqual([]);
    expect(await addressesOf(view({}, 'nonsense'))).toEqual([]);
  });
  test.each([
    ['a token file', { tokenFile: '/x' }, /tokenFile points to \/x/],
    [
      'a certificate file',
      { 'client-certificate': 'a.crt' },
      /client-certificate points to a\.crt/,
    ],
    [
      'a key file beside a certificate',
      { 'client-certificate-data': 'DATA+OMITTED', 'client-key': '/k' },
      /client-key points to \/k/,
    ],
    [
      'a program’s file',
      { exec: { command: 'github-oidc', args: ['--config=/home/ann/x'] } },
      /refers to --config=\/home\/ann\/x/,
    ],
    [
      'a file in a program’s environment',
      { exec: { command: 'oci', env: [{ name: 'OCI_CLI_CONFIG_FILE', value: '~/.oci/other' }] } },
      /refers to ~\/\.oci\/other/,
    ],
    [
      'a program beside the kubeconfig',
      { exec: { command: './bin/oci' } },
      /refers to \.\/bin\/oci/,
    ],
    ['aws', { exec: { command: 'aws' } }, /calls "aws"/],
    ['gke', { exec: { command: 'gke-gcloud-auth-plugin' } }, /calls "gke-gcloud-auth-plugin"/],
  ])('N47: refuses %s', (_, user, message) => {
    const all = { ociConfig: true, ociKey: true, oidcRequest: true };
    expect(() => checkKubeconfig(view(user), all)).toThrow(message);
  });
  test('N47: refuses files and proxies of the cluster', () => {
    const text = view({ token: 'x' }).replace(
      '"server":',
      '"certificate-authority":"/ca.crt","proxy-url":"http://localhost:3128","server":',
    );
    expect(() => checkKubeconfig(text, NOTHING)).toThrow(
      /2 arguments[\s\S]*proxy-url is http:\/\/localhost:3128[\s\S]*certificate-authority points to \/ca\.crt/,
    );
  });
  test('N47: what is given to oci and is no file is its own affair', () => {
    const exec = {
      command: '/home/ann/bin/oci',
      args: [
        'ce',
        'cluster',
        'generate-token',
        '--cluster-id',
        'ocid1.cluster.oc1.x',
        '--region',
        'fra',
      ],
    };
    const all = { ociConfig: true, ociKey: true, oidcRequest: true };
    expect(checkKubeconfig(view({ exec }), all)).toBe('oci');
    expect(programPath(view({ exec }))).toBe('/home/ann/bin/oci');
    expect(programPath(view({ exec: { command: 'oci' } }))).toBeUndefined();
  });
  test('refuses a context that is not there', () => {
    expect(() => checkKubeconfig(view({ token: 'x' }), NOTHING, 'prod')).toThrow(
      /no context "prod"/,
    );
  });
});
