// What a person is shown holds no secret, in any form, no matter which program repeated it.
import { describe, expect, test } from 'vitest';
import { maskOf, SHORTEST_LINE } from '../src/run/masking.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const base64url = (text: string) => Buffer.from(text).toString('base64url');

/** Fails when a form of the secret is still there. */
function expectHidden(secret: string, form: string): void {
  expect(maskOf([secret])(`before ${form} after`)).not.toContain(form);
  expect(maskOf([secret])(`before ${form} after`)).toMatch(/^before .*\*\*\*.* after$/s);
}

const CANARIES = [
  'hunter2-hunter2',
  `p@ss/w0rd+"quo'ted" & <more>$HOME`,
  'Zürich \\ 100% `date`!',
  'x1?y2&z3=#4;5|6,7',
  'abcdef',
];

describe.each(CANARIES)('%s', (secret) => {
  test('goes in plain text and beside other words', () => {
    expect(maskOf([secret])(`a ${secret} b`)).toBe('a *** b');
  });

  test.each([
    ['base64', base64(secret)],
    ['base64 of a file with a last newline', base64(`${secret}\n`)],
    ['base64url', base64url(secret)],
    ['base64 of user:token, three lengths of user: 1', base64(`a:${secret}`)],
    ['base64 of user:token, three lengths of user: 2', base64(`ab:${secret}`)],
    ['base64 of user:token, three lengths of user: 3', base64(`abc:${secret}`)],
    ['base64url of user:token', base64url(`somebody@example.com:${secret}`)],
    [
      'a docker configuration in a Secret',
      base64(JSON.stringify({ auths: { h: { auth: base64(`u:${secret}`) } } })),
    ],
    ['URL-encoded', encodeURIComponent(secret)],
    [
      'URL-encoded in small letters',
      encodeURIComponent(secret).replaceAll(/%../g, (one) => one.toLowerCase()),
    ],
    ['as a form field', new URLSearchParams({ '': secret }).toString().slice(1)],
    ['JSON', JSON.stringify(secret).slice(1, -1)],
    ['JSON inside JSON', JSON.stringify(JSON.stringify(secret)).slice(3, -3)],
    [
      'JSON as Go writes it',
      JSON.stringify(secret)
        .slice(1, -1)
        .replaceAll('&', '\\u0026')
        .replaceAll('<', '\\u003c')
        .replaceAll('>', '\\u003e'),
    ],
    ['single-quoted for a shell', secret.replaceAll("'", `'\\''`)],
    ['double-quoted for a shell', secret.replaceAll(/[\\"$`]/g, '\\$&')],
    ['escaped as printf %q does', secret.replaceAll(/[^\w@%+=:,./-]/g, '\\$&')],
    ['single-quoted in YAML', secret.replaceAll("'", "''")],
  ])('goes as %s', (_, form) => {
    expectHidden(secret, form);
  });
});

describe('a secret of several lines', () => {
  const key = [
    '-----BEGIN PRIVATE KEY-----',
    'MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v',
    'VBgmPz3cDh8xo/BH1v8+0s==',
    'short',
    '-----END PRIVATE KEY-----',
    '',
  ].join('\n');

  test.each([[1], [2]])('line %i goes alone', (line) => {
    expectHidden(key, key.split('\n')[line]!);
    expectHidden(key, base64(key.split('\n')[line]!));
    expectHidden(key, encodeURIComponent(key.split('\n')[line]!));
  });
  test('the whole goes in JSON, base64 and with Windows line ends', () => {
    expectHidden(key, JSON.stringify(key).slice(1, -1));
    expectHidden(key, base64(key));
    expect(maskOf([key.replaceAll('\n', '\r\n')])(key)).not.toContain('MC4CAQ');
  });
  test(`a line of less than ${SHORTEST_LINE} characters is a word`, () => {
    expect(maskOf([key])('short and sweet')).toBe('short and sweet');
  });
});

describe('the password of an address', () => {
  const mask = maskOf(['postgres://todo:p%40ssw0rd@db/todo']);
  test('goes on its own too, encoded or not', () => {
    expect(mask('password p@ssw0rd, p%40ssw0rd; postgres://todo:p%40ssw0rd@db/todo')).toBe(
      'password ***, ***; ***',
    );
  });
  test('goes where it was not encoded as it should be', () => {
    expect(maskOf(['smtp://u:50%off@@mail:25'])('login 50%off@ failed')).toBe('login *** failed');
  });
});

describe('a kubeconfig', () => {
  test.each([
    [
      'YAML',
      'users:\n- name: u\n  user:\n    token: eyJhbGciOi\n    client-key-data: "LS0tLS1CRUdJTg"\n',
    ],
    [
      'JSON',
      '{"clusters":[],"users":[{"name":"u","user":{"token":"eyJhbGciOi","client-key-data":"LS0tLS1CRUdJTg"}}]}',
    ],
  ])('in %s: token and key go, its other words stay', (_, text) => {
    expect(maskOf([text])('users: name eyJhbGciOi LS0tLS1CRUdJTg')).toBe('users: name *** ***');
  });
  test('the key goes as it is inside its base64', () => {
    const pem = '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIKs5/x0zq\n-----END EC PRIVATE KEY-----\n';
    const text = `users:\n- name: u\n  user:\n    client-key-data: ${base64(pem)}\n`;
    expect(maskOf([text])('MHcCAQEEIKs5/x0zq')).toBe('***');
  });
});

test('secrets that overlap go whole', () => {
  expect(maskOf(['abcdefgh', 'efghijkl-longer'])('x abcdefghijkl-longer y')).toBe('x *** y');
});

test('a short value is a word: masking it would mask the report', () => {
  expect(maskOf(['todo', ''])('todo is deployed')).toBe('todo is deployed');
});
