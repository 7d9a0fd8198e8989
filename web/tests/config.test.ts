import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigError } from '@todo/runtime/config';
import { describe, expect, test } from 'vitest';
import { readWebConfig } from '@/server/config';

const good = {
  DATABASE_URL: 'postgres://todo@db/todo',
  PUBLIC_URL: 'https://todo.example.com/somewhere',
  BACKEND_URL: 'http://todo-backend/',
  BETTER_AUTH_SECRET: 'x'.repeat(32),
};

describe('the configuration', () => {
  test('lists everything that is wrong at once, and never a value', () => {
    const read = () =>
      readWebConfig({ PUBLIC_URL: 'todo.example.com', BETTER_AUTH_SECRET: 'short-secret' });
    expect(read).toThrow(ConfigError);
    try {
      read();
    } catch (error) {
      const { problems } = error as ConfigError;
      expect(problems.map((problem) => problem.split(':')[0])).toEqual([
        'DATABASE_URL',
        'PUBLIC_URL',
        'BACKEND_URL',
        'BETTER_AUTH_SECRET',
      ]);
      expect(problems.join()).not.toContain('short-secret');
    }
  });

  test('takes a value from the file that NAME_FILE names', () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'web-config-')), 'secret');
    writeFileSync(file, `${'y'.repeat(40)}\n`);
    const { BETTER_AUTH_SECRET, ...rest } = good;
    expect(readWebConfig({ ...rest, BETTER_AUTH_SECRET_FILE: file }).BETTER_AUTH_SECRET).toBe(
      BETTER_AUTH_SECRET.replaceAll('x', 'y') + 'y'.repeat(8),
    );
  });

  test('keeps the origin of PUBLIC_URL and no slash at the end of BACKEND_URL', () => {
    const config = readWebConfig(good);
    expect(config.PUBLIC_URL).toBe('https://todo.example.com');
    expect(config.BACKEND_URL).toBe('http://todo-backend');
  });

  test.each([
    ['nobody', 'nobody'],
    ['operators', 'operators'],
    ['everybody', 'everybody'],
    [undefined, 'nobody'],
  ])('takes %s as those of whom a second factor is required', (given, expected) => {
    const env = { ...good, SECOND_FACTOR_REQUIRED_OF: given };
    expect(readWebConfig(env).SECOND_FACTOR_REQUIRED_OF).toBe(expected);
  });

  test.each(['all', 'none', 'Operators', 'true'])('refuses “%s” there', (given) => {
    const read = () => readWebConfig({ ...good, SECOND_FACTOR_REQUIRED_OF: given });
    expect(read).toThrow(/SECOND_FACTOR_REQUIRED_OF/);
  });

  test('asks for a mail server where addresses must be confirmed', () => {
    const required = { ...good, EMAIL_VERIFICATION_REQUIRED: 'true' };
    expect(() => readWebConfig(required)).toThrow(/EMAIL_VERIFICATION_REQUIRED: needs a mail/);
    expect(readWebConfig({ ...required, SMTP_URL: 'smtp://mail' })).toMatchObject({
      EMAIL_VERIFICATION_REQUIRED: true,
    });
  });

  test('lets a system be broken only by a program of this machine, and with a token', () => {
    const BREAK_TOKEN = 't'.repeat(16);
    const off = readWebConfig(good);
    expect([off.BREAK_URL, off.BREAK_TOKEN]).toEqual([undefined, undefined]);
    for (const url of ['http://127.0.0.1:4711', 'http://localhost:1', 'http://[::1]:80'])
      expect(readWebConfig({ ...good, BREAK_URL: url, BREAK_TOKEN }).BREAK_URL).toBe(url);
    for (const url of [
      'http://10.0.0.1:80',
      'https://127.0.0.1:80',
      'http://127.0.0.1.evil.example:80',
      'http://127.0.0.1:80@evil.example:80',
      'http://127.0.0.1',
    ])
      expect(() => readWebConfig({ ...good, BREAK_URL: url, BREAK_TOKEN })).toThrow(
        /BREAK_URL: expected an http URL of this machine/,
      );
    const both = /BREAK_URL, BREAK_TOKEN: expected both/;
    expect(() => readWebConfig({ ...good, BREAK_TOKEN })).toThrow(both);
    expect(() => readWebConfig({ ...good, BREAK_URL: 'http://127.0.0.1:1' })).toThrow(both);
    expect(() =>
      readWebConfig({ ...good, BREAK_URL: 'http://127.0.0.1:1', BREAK_TOKEN: 'short' }),
    ).toThrow(/BREAK_TOKEN: expected a random token/);
  });

  test('reads operators without regard to case and blanks', () => {
    const config = readWebConfig({ ...good, OPERATOR_EMAILS: ' Ops@Example.com, b@example.com,' });
    expect(config.OPERATOR_EMAILS).toEqual(['ops@example.com', 'b@example.com']);
  });
});
