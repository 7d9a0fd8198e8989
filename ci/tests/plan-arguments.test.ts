// What is wrong with the choices of a release is said all at once, under the names that were typed.
import { expect, test } from 'vitest';
import { InvalidArguments } from '../src/arguments.ts';
import { checkDatabaseLogins, checkTls } from '../src/plan-arguments.ts';

const HTTPS = { env: 'cloud', publicUrl: 'https://todo.example' } as const;

function problemsOf(check: () => void): readonly string[] {
  try {
    check();
  } catch (error) {
    if (error instanceof InvalidArguments) return error.problems;
    throw error;
  }
  return [];
}

test.each([
  [{ ...HTTPS }, []],
  [{ ...HTTPS, tls: 'ingress' }, []],
  [{ ...HTTPS, tls: 'load-balancer', clusterIssuer: 'letsencrypt' }, []],
  [{ ...HTTPS, tls: 'nginx' }, ['--tls: expected ingress or load-balancer, got "nginx"']],
  [{ ...HTTPS, tls: '' }, ['--tls: expected ingress or load-balancer, got ""']],
  [
    { ...HTTPS, publicUrl: 'http://todo.example', tls: 'ingress' },
    ['--tls=ingress needs --public-url=https://host without a port'],
  ],
  [
    { ...HTTPS, publicUrl: 'https://todo.example:8443', tls: 'ingress' },
    ['--tls=ingress needs --public-url=https://host without a port'],
  ],
  [
    { ...HTTPS, clusterIssuer: 'Lets Encrypt' },
    [
      '--cluster-issuer needs --tls=ingress or --tls=load-balancer',
      '--cluster-issuer: "Lets Encrypt" is not a valid name of a ClusterIssuer',
    ],
  ],
])('%j', (plan, problems) => {
  expect(
    problemsOf(() => {
      checkTls(plan);
    }),
  ).toEqual(problems);
});

test('logins of the database: one for each part, or one for all', () => {
  for (const how of [undefined, 'per-part', 'one'])
    expect(
      problemsOf(() => {
        checkDatabaseLogins(how);
      }),
    ).toEqual([]);
  expect(
    problemsOf(() => {
      checkDatabaseLogins('two');
    }),
  ).toEqual(['--database-logins: expected per-part or one, got "two"']);
});
