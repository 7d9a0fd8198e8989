// The decisions of the step programs, apart from the cluster.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { includes, waiting } from '../src/steps/dapr.ts';
import { complaint, tellingLines, withoutIds } from '../src/steps/diagnose.ts';
import { holderOf } from '../src/steps/lock.ts';
import { namesIn } from '../src/steps/manifests.ts';
import { loginsIn, movedIn } from '../src/steps/prepare-database.ts';
import { remedy } from '../src/steps/recover.ts';
import { readGiven, settle } from '../src/steps/secrets.ts';
import { fakeCluster } from './fake-cluster.ts';

const revision = (number: number, status: string) => ({
  revision: number,
  status,
  updated: '',
  description: '',
});

describe('D03: a release left pending', () => {
  test('goes back to its last good revision', () => {
    expect(remedy([revision(3, 'deployed'), revision(4, 'pending-upgrade')], 99)).toEqual({
      rollBackTo: 3,
    });
  });
  test('is removed when none ever ran', () => {
    expect(remedy([revision(1, 'pending-install')], 99)).toBe('remove');
    expect(remedy([revision(1, 'failed')], 99)).toBe('remove');
  });
  test('is waited for while it is young', () => {
    expect(remedy([revision(1, 'deployed'), revision(2, 'pending-upgrade')], 3)).toBe('wait');
  });
  test('a good one is left alone', () => {
    expect(remedy([revision(1, 'superseded'), revision(2, 'deployed')], 3)).toBe('none');
    expect(remedy([], 3)).toBe('none');
  });
});

describe('the lock', () => {
  const held = (renewTime: string) => ({
    metadata: {},
    spec: { holderIdentity: 'A', leaseDurationSeconds: 60, renewTime },
  });
  test('is held until its time is over', () => {
    const now = Date.parse('2027-01-01T00:01:00Z');
    expect(holderOf(held('2027-01-01T00:00:30Z'), now)).toBe('A');
    expect(holderOf(held('2026-12-31T23:59:59Z'), now)).toBeUndefined();
    expect(holderOf(undefined, now)).toBeUndefined();
  });
});

describe('D06: secrets', () => {
  test('a missing key is named with its Secret and its variable', () => {
    expect(() => settle({}, {})).toThrow(
      /Secret todo-secrets has no key database-url.*DATABASE_URL/,
    );
  });
  test('tokens are made once and kept', () => {
    const first = settle({ DATABASE_URL: 'postgres://u:p@h/d' }, {});
    expect(first['database-direct-url']).toBe('postgres://u:p@h/d');
    expect(settle({}, first)).toEqual(first);
  });
  test('a wrong value is refused without being shown', () => {
    expect(() => readGiven({ DATABASE_URL: 'mysql://hunter2' })).toThrow(/^DATABASE_URL: expected/);
    expect(() => readGiven({ DATABASE_URL: 'mysql://hunter2' })).not.toThrow(/hunter2/);
    expect(() => readGiven({ SMTP_URL: 'hunter2:25', VAPID_PRIVATE_KEY: 'hunter2' })).toThrow(
      /^SMTP_URL: expected smtp:.*\nVAPID_PRIVATE_KEY: expected 32 bytes/,
    );
  });
  test.each([
    ['SMTP_URL', 'smtp://user:100%sure@mail.example:587'],
    ['SMTP_URL', 'smtp://user:pa/ss@mail.example:587'],
    ['SMTP_URL', 'smtp://user:12/34@mail.example:587'],
    ['SMTP_URL', 'smtps://user:a?b@mail.example'],
    ['SMTP_URL', 'smtp://user:25#x@mail.example:587'],
    ['SMTP_URL', 'smtp://us%er@mail.example'],
    ['SMTP_URL', 'smtp://user:%E4@mail.example'],
    ['DATABASE_URL', 'postgres://u:100%@db/todo'],
    ['DATABASE_URL', 'postgres://u:54/32@db/todo'],
    ['DATABASE_DIRECT_URL', 'postgres://u:a#b@db/todo'],
  ])('N44: %s %s: must be percent-encoded', (variable, value) => {
    expect(() => readGiven({ [variable]: value })).toThrow(
      new RegExp(`^${variable}: expected .*must be percent-encoded`),
    );
    expect(() => readGiven({ [variable]: value })).not.toThrow(value);
  });
  test('what is free text keeps its blanks, lines, quotes and dollars', () => {
    const folder = mkdtempSync(join(tmpdir(), 'given-'));
    try {
      const text = `a b  c\n$HOME $(x) \`y\` "two" 'one' \\n é 0123456789`;
      writeFileSync(join(folder, 'secret'), `${text}\n`);
      expect(readGiven({ BETTER_AUTH_SECRET_FILE: join(folder, 'secret') })).toEqual({
        BETTER_AUTH_SECRET: text,
      });
      expect(readGiven({ APP_API_TOKEN: text })).toEqual({ APP_API_TOKEN: text });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
  test('N44: what is encoded is taken', () => {
    const given = {
      SMTP_URL: 'smtp://ann%40mail.example:p%40ss%2Fw%25rd@mail.example:587',
      DATABASE_URL: 'postgres://u:a%23b%25@db:5432/todo?sslmode=require',
    };
    expect(readGiven(given)).toEqual(given);
  });
  test('one that may be left out has an empty value, so that a pod that mounts it starts', () => {
    const database = { DATABASE_URL: 'postgres://u:p@h/d' };
    expect(settle(database, {})).toMatchObject({ 'smtp-url': '', 'chat-api-key': '' });
    const given = settle({ ...database, SMTP_URL: 'smtp://u:p@mail:587' }, {});
    expect(settle({}, given)['smtp-url']).toBe('smtp://u:p@mail:587');
  });
});

describe('D04: diagnosis', () => {
  test('names reason, image and exit code', () => {
    const status = {
      name: 'app',
      image: 'r/x:1',
      ready: false,
      restartCount: 2,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { reason: 'Error', exitCode: 78 } },
    };
    expect(complaint(status)).toBe('app: CrashLoopBackOff [r/x:1], last exit code 78 (Error)');
    expect(complaint({ ...status, ready: true, state: { running: {} } })).toBeUndefined();
  });
  test('shows errors before chatter', () => {
    expect(tellingLines('{"level":"info"}\n{"level":"fatal","msg":"no"}\n')).toEqual([
      '{"level":"fatal","msg":"no"}',
    ]);
  });
});

test('an installed Dapr may say more than is wanted, not less', () => {
  expect(includes({ a: { b: 1, c: 2 } }, { a: { b: 1 } })).toBe(true);
  expect(includes({ a: { c: 2 } }, { a: { b: 1 } })).toBe(false);
});

test('manifests are known by kind and name', () => {
  expect(
    namesIn(
      'kind: Component\nmetadata:\n  name: pubsub\n---\nkind: Subscription\nmetadata:\n  name: a-b\n',
    ),
  ).toEqual(['component.dapr.io/pubsub', 'subscription.dapr.io/a-b']);
});

test('an event that happened again with another id is the same event', () => {
  const id = 'd3a7d563b6d9f9e95d910b9f7558ae18e550785ea0a92cd1555fa471c6bbe884';
  const first = `failed to start sandbox "${id}": failed to get sandbox image "pause:3.6"`;
  const again = `(combined from similar events): ${first.replace(id, id.replaceAll('d', 'e'))}`;
  expect(withoutIds(first)).toBe(withoutIds(again));
  expect(withoutIds(first)).toContain('pause:3.6');
});

test.each([
  ['', 'nothing to move'],
  [
    '{"level":"info","from":["todo"],"moved":5,"superseded":1}',
    'moved 5 rows of an earlier version',
  ],
])('what became of the state store is read from its log: %s', (log, words) => {
  expect(movedIn(log)).toBe(words);
});

test.each([
  ['{"msg":"x"}\n{"level":"info","logins":"one per part","msg":"database logins"}', true, /own/],
  [
    '{"logins":"one","why":"the login \\"a b\\" may not create roles","msg":"database logins"}',
    false,
    /share one database login: the login "a b" may not create roles/,
  ],
  ['', false, /--database-logins=one/],
])('what the parts log in with is read from its log: %s', (log, perPart, words) => {
  expect(loginsIn(log).perPart).toBe(perPart);
  expect(loginsIn(log).words).toMatch(words);
});

describe('sidecars that run while their components change', () => {
  const manifests = `apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: pubsub
spec:
  metadata:
    - name: connectionString
      secretKeyRef: { name: todo-pubsub, key: database-url }
scopes: [todo-backend]
`;
  const roleOf = (names: string[]) => JSON.stringify({ rules: [{ resourceNames: names }] });
  test.each([
    ['the former Secret only', ['todo-secrets'], ['todo-secrets', 'todo-pubsub']],
    ['the new one already', ['todo-pubsub'], undefined],
  ])('may read what they name before they are applied: %s', async (_name, has, becomes) => {
    const cluster = fakeCluster(`(text) => {
      if (text.startsWith('kubectl get role todo-backend')) return { stdout: ${JSON.stringify(roleOf(has))} };
      if (text.startsWith('kubectl get')) return { stderr: 'Error from server (NotFound): not found', exitCode: 1 };
      return undefined;
    }`);
    try {
      const { code } = await cluster.run(['deploy/src/steps/manifests.ts', 'apply'], {}, manifests);
      expect(code).toBe(0);
      const calls = cluster.calls();
      const patched = calls.findIndex((call) => call.startsWith('kubectl patch role'));
      if (becomes === undefined) expect(patched).toBe(-1);
      else {
        expect(calls[patched]).toContain('patch role todo-backend');
        expect(calls[patched]).toContain(JSON.stringify(becomes));
        expect(patched).toBeLessThan(calls.findIndex((call) => call.startsWith('kubectl apply')));
      }
    } finally {
      cluster.remove();
    }
  });
});

describe('Dapr’s first install', () => {
  const pod = (name: string, app: string | undefined, ready: string | undefined) => ({
    metadata: { name, ...(app === undefined ? {} : { labels: { app } }) },
    ...(ready === undefined ? {} : { status: { conditions: [{ type: 'Ready', status: ready }] } }),
  });
  test('looks after its own pods that are not ready', () => {
    expect(
      waiting({
        items: [
          pod('operator', 'dapr-operator', 'False'),
          pod('injector', 'dapr-sidecar-injector', undefined),
          pod('sentry', 'dapr-sentry', 'True'),
          pod('other', 'my-app', 'False'),
          pod('bare', undefined, 'False'),
        ],
      }),
    ).toEqual(['operator', 'injector']);
  });

  test('pods that started before the trust bundle are made to look for it, while helm waits', async () => {
    const cluster = fakeCluster(`(text) => {
      if (text.startsWith('helm list')) return { stdout: '[]' };
      if (text.startsWith('helm upgrade')) {
        const log = require('node:path').join(process.env.HOME, 'calls');
        const end = Date.now() + 30_000;
        while (Date.now() < end && !require('node:fs').readFileSync(log, 'utf8').includes('annotate'))
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
        return require('node:fs').readFileSync(log, 'utf8').includes('annotate') ? {} : { stderr: 'timed out', exitCode: 1 };
      }
      if (text.startsWith('kubectl get configmap dapr-trust-bundle')) return { stdout: '{"data":{"ca.crt":"x"}}' };
      if (text.startsWith('kubectl get pods')) return { stdout: JSON.stringify({ items: [
        { metadata: { name: 'dapr-operator-1', labels: { app: 'dapr-operator' } } } ] }) };
      if (text.startsWith('kubectl get customresourcedefinition')) return { stderr: 'Error from server (NotFound): not found', exitCode: 1 };
      return undefined;
    }`);
    try {
      const { code, output } = await cluster.run(
        ['deploy/src/steps/dapr.ts', '--chart=oci://r/dapr', '--version=1.18.2'],
        {},
        '{}',
      );
      expect(output).toBe('installing\n');
      expect(code).toBe(0);
      expect(cluster.calls().filter((call) => call.includes('annotate'))[0]).toMatch(
        /^kubectl annotate --overwrite --namespace dapr-system pods dapr-operator-1 todo-release/,
      );
    } finally {
      cluster.remove();
    }
  });

  test('a helm that fails is told with its own words, and nothing goes on after it', async () => {
    const cluster = fakeCluster(`(text) => {
      if (text.startsWith('helm list')) return { stdout: '[]' };
      if (text.startsWith('helm upgrade')) return { stderr: 'Error: context deadline exceeded', exitCode: 1 };
      if (text.startsWith('kubectl get')) return { stderr: 'Error from server (NotFound): not found', exitCode: 1 };
      return undefined;
    }`);
    try {
      const { code, output } = await cluster.run(
        ['deploy/src/steps/dapr.ts', '--chart=oci://r/dapr', '--version=1.18.2'],
        {},
        '{}',
      );
      expect(output).toContain('Error: context deadline exceeded');
      expect(code).toBe(1);
    } finally {
      cluster.remove();
    }
  });
});
