// The lock program with a kubectl that stutters: only the API server's own word that another holds the Lease is a lost lock.
import { afterEach, describe, expect, test } from 'vitest';
import { LOCK_LOST } from '../src/plan/plan.ts';
import { fakeCluster } from './fake-cluster.ts';
import type { FakeCluster } from './fake-cluster.ts';

let cluster: FakeCluster | undefined;
afterEach(() => {
  cluster?.remove();
});

const lease = (holder: string | null) =>
  JSON.stringify({
    metadata: { resourceVersion: '7' },
    spec: { holderIdentity: holder, leaseDurationSeconds: 45, renewTime: new Date().toISOString() },
  });
const renew = (answers: string) => {
  cluster = fakeCluster(answers);
  return cluster.run([
    'deploy/src/steps/lock.ts',
    'renew',
    '--namespace',
    'todo',
    '--holder',
    'me',
  ]);
};
const onGet = (answer: object) =>
  `(text) => text.startsWith('kubectl get lease') ? ${JSON.stringify(answer)} : undefined`;

describe('a renewal', () => {
  test('of our own lock works', async () => {
    expect(await renew(onGet({ stdout: lease('me') }))).toMatchObject({ code: 0 });
    expect(cluster?.calls().at(-1)).toBe('kubectl replace -f -');
  });

  test.each([
    ['another', lease('B'), 'B now holds it'],
    ['nobody', lease(null), 'nobody now holds it'],
  ])('of a lock that %s holds: lost, with a code of its own', async (_, stdout, says) => {
    const { code, output } = await renew(onGet({ stdout }));
    expect(code).toBe(LOCK_LOST);
    expect(output).toContain(says);
  });

  test('of a lock that is gone: lost', async () => {
    const stderr =
      'Error from server (NotFound): leases.coordination.k8s.io "todo-release" not found\n';
    expect(await renew(onGet({ stderr, exitCode: 1 }))).toMatchObject({ code: LOCK_LOST });
  });

  test.each([
    'Unable to connect to the server: dial tcp 10.0.0.1:6443: i/o timeout',
    'The connection to the server 10.0.0.1:6443 was refused - did you specify the right host or port?',
    'Unable to connect to the server: dial tcp: lookup cluster.example: no such host',
    'Unable to connect to the server: getting credentials: exec: executable oci not found',
    'error: the server doesn\'t have a resource type "lease"',
    'Error from server (NotFound): the server could not find the requested resource',
    'error: You must be logged in to the server (Unauthorized)',
    'Error from server (ServiceUnavailable): apiserver not ready',
    'Error from server: etcdserver: request timed out',
  ])('answered "%s" fails, and the lock is not lost', async (stderr) => {
    const { code, output } = await renew(onGet({ stderr, exitCode: 1 }));
    expect(code).toBe(1);
    expect(output).toContain(stderr);
  });

  test('that meets conflicts tries again, and in the end fails without a lost lock', async () => {
    const answers = (times: number) => `(text, before) =>
      text.startsWith('kubectl get lease') ? ${JSON.stringify({ stdout: lease('me') })}
      : text.startsWith('kubectl replace') && before < ${times}
        ? { stderr: 'Error from server (Conflict): the object has been modified', exitCode: 1 }
        : undefined`;
    expect(await renew(answers(2))).toMatchObject({ code: 0 });
    cluster?.remove();
    expect(await renew(answers(99))).toMatchObject({ code: 1 });
  });
});
