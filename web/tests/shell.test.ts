// Whose page the service worker keeps, and which builds' pages.
import { expect, test } from 'vitest';
import { isShellOf, signsSomebodyInOrOut } from '../worker/shell';

const request = (method: string, path: string, mode: RequestMode = 'cors') =>
  signsSomebodyInOrOut({ url: `https://todo.example${path}`, method, mode });

test.each([
  ['POST', '/api/auth/sign-in/email', 'cors'],
  ['POST', '/api/auth/sign-out', 'cors'],
  ['POST', '/api/auth/sign-up/email', 'cors'],
  ['GET', '/api/auth/callback/google?code=x', 'navigate'],
  ['POST', '/api/auth/two-factor/verify-totp', 'cors'],
  ['POST', '/api/auth/passkey/verify-authentication', 'cors'],
  ['GET', '/api/auth/magic-link/verify?token=x', 'navigate'],
  ['GET', '/api/auth/oauth2/callback/oidc?code=x', 'navigate'],
  ['GET', '/sign-in?next=%2Fall', 'navigate'],
  ['GET', '/account-deleted', 'navigate'],
] as const)('%s %s may change who is signed in', (method, path, mode) => {
  expect(request(method, path, mode)).toBe(true);
});

test.each([
  ['GET', '/api/auth/get-session', 'cors'],
  ['GET', '/api/auth/token', 'cors'],
  ['POST', '/api/v1/tasks', 'cors'],
  ['POST', '/api/auth/update-user', 'cors'],
  ['GET', '/tasks/sign-in', 'navigate'],
  ['GET', '/sign-in', 'cors'],
] as const)('%s %s does not', (method, path, mode) => {
  expect(request(method, path, mode)).toBe(false);
});

test('a page is kept if all its files are of the build, and it has some', () => {
  const files = new Set([
    '/_next/static/chunks/a.js',
    '/_next/static/chunks/[turbopack].js',
    '/_next/static/b.css',
  ]);
  expect(
    isShellOf(
      files,
      '<script src="/_next/static/chunks/a.js"></script><link href="/_next/static/b.css">',
    ),
  ).toBe(true);
  expect(
    isShellOf(
      files,
      '<script src="/_next/static/chunks/a.js"></script><script src="/_next/static/chunks/new.js">',
    ),
  ).toBe(false);
  expect(isShellOf(files, 'self.f.push(["static/chunks/a.js","/_next/static/c.css"])')).toBe(false);
  expect(isShellOf(files, '<h1>Bad gateway</h1>')).toBe(false);
});
