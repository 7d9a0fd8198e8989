// The mail server's address as operators write it: what can't be read is refused at the start, in words, with exit code 78.
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { readConfig, serviceConfig } from '@todo/runtime/config';
import { describe, expect, it } from 'vitest';
import { mailServer } from '../src/channels/email.ts';
import { notificationConfig } from '../src/config.ts';

const smtp = (url: string) =>
  mailServer(readConfig(notificationConfig, { SMTP_URL: url }).SMTP_URL ?? '', 'todo@localhost');

describe('N44: passwords with special characters', () => {
  it.each([
    ['smtp://todo:p%40ss%2Fword@mail.example:587', 'p@ss/word'],
    ['smtp://todo:100%25@mail.example', '100%'],
    ['smtps://todo:a%3Fb%23c%3Ad@mail.example/', 'a?b#c:d'],
    ['smtp://todo:Z%C3%BCrich@mail.example', 'Zürich'],
    ['smtp://todo:p@ss@mail.example', 'p@ss'],
    ['SMTP://todo:plain@[2001:db8::1]:25', 'plain'],
  ])('%s is read', (url, password) => {
    expect(smtp(url)).toMatchObject({ user: { name: 'todo', password } });
  });

  it.each([
    ...[
      'smtp://todo:100%@mail.example:587',
      'smtp://todo:50%off@mail.example',
      'smtp://%@mail.example',
    ],
    ...['smtp://todo:%E4@mail.example', 'smtp://todo:pa/ss@mail.example:587'],
    ...[
      'smtp://todo:12/34@mail.example:587',
      'smtp://todo:12?34@mail.example',
      'smtp://todo:1#2@mail.example',
    ],
  ])('%s is refused', (url) => {
    expect(() => smtp(url)).toThrow(/SMTP_URL: expected smtp:.*must be percent-encoded/);
    expect(() => smtp(url)).not.toThrow(url);
  });

  it.each([['http://mail.example'], ['mail.example:587'], ['smtp://'], ['smtp:mail.example']])(
    '%s is no mail server',
    (url) => {
      expect(() => smtp(url)).toThrow(/SMTP_URL: expected smtp:/);
    },
  );

  it('a password of the database is the same case', () => {
    const config = (DATABASE_URL: string) => () =>
      readConfig({ DATABASE_URL: serviceConfig.DATABASE_URL }, { DATABASE_URL });
    expect(config('postgres://u:100%@db/todo')).toThrow(/DATABASE_URL: .*percent-encoded/);
    expect(config('postgres://u:54/32@db/todo')).toThrow(/DATABASE_URL: .*percent-encoded/);
    expect(config('postgres://u:a%25@db/todo?sslmode=require')().DATABASE_URL).toContain('a%25');
    expect(config('postgresql://db/todo')().DATABASE_URL).toBe('postgresql://db/todo');
  });

  it('the service ends with 78 and one line that names it, without a stack', () => {
    const { status, stderr, stdout } = spawnSync(
      process.execPath,
      [resolve(import.meta.dirname, '../src/main.ts')],
      {
        encoding: 'utf8',
        env: {
          ...{ PATH: process.env['PATH'], DATABASE_URL: 'postgres://u:p@127.0.0.1:1/x' },
          ...{ APP_API_TOKEN: 'x'.repeat(16), SMTP_URL: 'smtp://todo:100%sure@mail.example:587' },
        },
      },
    );
    expect(stdout + stderr).toMatch(/"problems":\["SMTP_URL: expected smtp:[^\n]*percent-encoded/);
    expect(stdout + stderr).not.toMatch(/sure@|\n\s+at /);
    expect(status).toBe(78);
  });
});
