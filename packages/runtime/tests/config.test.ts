import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ConfigError } from '../src/config.ts';
import { flag, port, readConfig, serviceConfig, wholeNumber } from '../src/config.ts';

const good = { DATABASE_URL: 'postgres://u:p@db:5432/todo', APP_API_TOKEN: 'a-token-of-16-chars' };

function problemsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    readConfig(serviceConfig, env);
    return [];
  } catch (error) {
    return (error as ConfigError).problems;
  }
}

describe('readConfig', () => {
  it('fills in defaults', () => {
    expect(readConfig(serviceConfig, good)).toMatchObject({
      PORT: 8080,
      HOST: '0.0.0.0',
      DAPR_PUBSUB: 'pubsub',
    });
  });

  it('lists everything that is wrong at once, without any value', () => {
    const problems = problemsOf({
      DATABASE_URL: 'mysql://root:hunter2@db',
      PORT: '99999',
      LOG_LEVEL: 'loud',
    });
    expect(problems.map((problem) => problem.split(':')[0]).sort()).toEqual([
      'APP_API_TOKEN',
      'DATABASE_URL',
      'LOG_LEVEL',
      'PORT',
    ]);
    expect(problems.join()).not.toContain('hunter2');
  });

  it('says how to give a missing value', () => {
    expect(problemsOf({ ...good, DATABASE_URL: undefined })).toEqual([
      'DATABASE_URL: required, but not set (or give DATABASE_URL_FILE)',
    ]);
  });

  it('reads a value from NAME_FILE, without the line end', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'config-')), 'url');
    writeFileSync(file, 'postgres://from@file/db\n');
    expect(readConfig(serviceConfig, { ...good, DATABASE_URL_FILE: file }).DATABASE_URL).toBe(
      'postgres://from@file/db',
    );
  });

  it('names a file that can not be read', () => {
    expect(problemsOf({ ...good, DATABASE_URL_FILE: '/no/such/file' })).toEqual([
      "DATABASE_URL_FILE: /no/such/file can't be read (ENOENT)",
    ]);
  });

  it('D02: numbers of seven digits, "false" and empty text mean what they say', () => {
    const shape = {
      BODY_LIMIT_BYTES: wholeNumber,
      RETENTION_MS: wholeNumber,
      ENABLED: flag,
      OFF: flag,
      PORT: port.default(8080),
    };
    expect(
      readConfig(shape, {
        BODY_LIMIT_BYTES: '1048576',
        RETENTION_MS: '21600000',
        ENABLED: 'true',
        OFF: 'false',
        PORT: '',
      }),
    ).toEqual({
      BODY_LIMIT_BYTES: 1_048_576,
      RETENTION_MS: 21_600_000,
      ENABLED: true,
      OFF: false,
      PORT: 8080,
    });
    expect(() =>
      readConfig(shape, {
        BODY_LIMIT_BYTES: '1e+06x',
        RETENTION_MS: '1',
        ENABLED: 'true',
        OFF: 'off',
      }),
    ).toThrow(/BODY_LIMIT_BYTES/);
  });
});
