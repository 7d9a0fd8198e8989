// What a release does on a real cluster besides working: it changes nothing the second time, goes back by itself when the new
// version is broken, recovers from a killed deploy, and keeps its secrets.
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { kubectl, processesOf } from '../targets/kubectl.ts';
import { startLoad } from './load.ts';
import {
  helm,
  imagesWith,
  releaseOf,
  revisions,
  runningImages,
  runsNext,
  someone,
  startDeploy,
  startProgram,
  underTest,
  type Variant,
} from './variants.ts';

const { images, nextImages, variants } = underTest();
const local = variants.find(({ env }) => env === 'local')!;
const cloud = variants.find(({ env }) => env === 'cloud')!;

const MINUTES = 60_000;
const HEALTHY_WITHIN_MS = 180_000;

/** What must not change when nothing is to be changed. */
async function fingerprint({ namespace }: Variant): Promise<string[]> {
  const kinds =
    'deploy,sts,svc,cm,secret,netpol,component,subscription,resiliency,configuration.dapr.io,pods';
  const text = await kubectl(['get', kinds, '-n', namespace, '-o', 'json']);
  const { items } = JSON.parse(text) as {
    items: {
      kind: string;
      type?: string;
      metadata: { name: string; uid: string; generation?: number };
    }[];
  };
  return items
    .filter(({ type }) => type !== 'helm.sh/release.v1') // helm's own history
    .map(
      ({ kind, metadata }) =>
        `${kind} ${metadata.name} ${metadata.uid} ${metadata.generation ?? ''}`,
    )
    .sort();
}

describe.each(variants)('environment $env', (variant) => {
  test(
    'deployed again with the same images, nothing changes',
    async () => {
      const before = await fingerprint(variant);
      const same = (await runsNext(variant)) ? nextImages : images;
      const again = await startDeploy(variant, same).ended;
      expect(again.output).toContain('total');
      expect(again.code, again.output).toBe(0);
      expect(await fingerprint(variant)).toEqual(before);
      console.log(`  ${variant.env}: deployed again in ${again.seconds.toFixed(0)} s`);
    },
    10 * MINUTES,
  );
});

describe('a new version that is broken', () => {
  test(
    'an image that is not there: rolled back by itself, the cause told, the old version never stopped serving',
    async () => {
      await releaseOf(local).waitUntilHealthy(HEALTHY_WITHIN_MS);
      const before = await runningImages(local);
      const missing = `${images.replace(/:[^:/]*$/, '')}/audit:not-there`;
      const load = startLoad(await someone(local), 10);
      onTestFinished(async () => {
        await load.stop();
      });
      const failed = await startDeploy(local, imagesWith({ audit: missing }), ['--timeout=30'])
        .ended;
      const { failed: errors } = await load.stop();
      expect(failed.code, failed.output).toBe(1);
      expect(failed.output).toMatch(/app: (ErrImagePull|ImagePullBackOff)/);
      expect(failed.output).toContain(missing);
      expect(errors).toEqual([]);
      expect(await runningImages(local)).toEqual(before);
      expect(Object.values(await revisions(local)).every((one) => one.endsWith('deployed'))).toBe(
        true,
      );
      console.log(`  missing image: rolled back after ${failed.seconds.toFixed(0)} s`);
    },
    10 * MINUTES,
  );

  test(
    "the backend's image is not there: found before any pod is replaced",
    async () => {
      const missing = `${images.replace(/:[^:/]*$/, '')}/backend:not-there`;
      // not the pods themselves: those that the test before replaced are still ending
      const [before, releases] = [await runningImages(local), await revisions(local)];
      const failed = await startDeploy(local, imagesWith({ backend: missing }), ['--timeout=30'])
        .ended;
      expect(failed.code, failed.output).toBe(1);
      expect(failed.output).toMatch(/ErrImagePull|ImagePullBackOff/);
      expect(failed.output).toContain(missing);
      expect(await runningImages(local)).toEqual(before);
      expect(await revisions(local)).toEqual(releases);
    },
    10 * MINUTES,
  );

  test(
    'one that ends at once: its exit code and last words are told',
    async () => {
      const before = await runningImages(cloud);
      const wrong = images.replace(/:([^:/]*)$/, '/pubsub-postgresql:$1'); // no web app in it
      const failed = await startDeploy(cloud, imagesWith({ web: wrong }), ['--timeout=30']).ended;
      expect(failed.code, failed.output).toBe(1);
      expect(failed.output).toMatch(/pod todo-frontend-/);
      expect(failed.output).toMatch(/exit code|not ready|CrashLoopBackOff/);
      expect(await runningImages(cloud)).toEqual(before);
      console.log(`  wrong program: rolled back after ${failed.seconds.toFixed(0)} s`);
    },
    10 * MINUTES,
  );
});

describe('a deploy that is not alone or does not end', () => {
  test(
    'D03: two at once: the second waits, says for whom, and then does its work',
    async () => {
      const first = startDeploy(local, nextImages);
      while (!first.output().includes('Record the current versions')) await sleep(200);
      const second = startDeploy(local, nextImages);
      const [one, two] = await Promise.all([first.ended, second.ended]);
      expect(one.code, one.output).toBe(0);
      expect(two.code, two.output).toBe(0);
      expect(two.output).toMatch(/waiting for .*pid/);
    },
    10 * MINUTES,
  );

  test(
    'D03: killed in mid-upgrade, helm and all: the next one recovers and succeeds',
    async () => {
      const killed = startDeploy(local, images);
      const status = async () => (await revisions(local))['todo-backend'] ?? '';
      while (!(await status()).includes('pending-upgrade')) {
        if (killed.process.exitCode !== null) throw new Error(killed.output());
      }
      const helmOfIt = childrenOf(killed.process.pid!);
      killed.process.kill('SIGKILL');
      for (const pid of helmOfIt) process.kill(pid, 'SIGKILL');
      await killed.ended;
      expect(await status()).toContain('pending-upgrade');
      const next = await startDeploy(local, images).ended;
      expect(next.code, next.output).toBe(0);
      expect(next.output).toMatch(/stopped without releasing the lock: taking over/);
      expect(next.output).toMatch(
        /todo-backend: revision \d+ is pending-upgrade: rolling back to revision/,
      );
      expect(await status()).toContain('deployed');
      console.log(
        `  after a killed deploy: recovered and deployed in ${next.seconds.toFixed(0)} s`,
      );
    },
    12 * MINUTES,
  );

  test(
    'Ctrl-C: back to what ran before, exit code 130',
    async () => {
      const before = await runningImages(local);
      const stopped = startDeploy(local, nextImages);
      while (!(await revisions(local))['todo-backend']?.includes('pending-upgrade')) {
        if (stopped.process.exitCode !== null) throw new Error(stopped.output());
      }
      stopped.process.kill('SIGINT');
      const { code, output } = await stopped.ended;
      expect(code, output).toBe(130);
      expect(await runningImages(local)).toEqual(before);
      expect(Object.values(await revisions(local)).every((one) => one.endsWith('deployed'))).toBe(
        true,
      );
    },
    10 * MINUTES,
  );
});

describe('what is wrong from the beginning fails before anything is changed', () => {
  const unchanged = async (
    variant: Variant,
    more: string[],
    env: NodeJS.ProcessEnv,
    says: RegExp,
  ) => {
    const before = await revisions(variant);
    const { code, output } = await startDeploy(variant, images, more, env).ended;
    expect(code, output).toBe(1);
    expect(output).toMatch(says);
    expect(output).toContain('No running service was changed');
    expect(await revisions(variant)).toEqual(before);
  };

  test('an unknown value, by its key', async () => {
    const path = join(tmpdir(), `values-${process.pid}.json`);
    writeFileSync(path, '{"replica": 2}');
    await unchanged(local, ['--values', `todo-backend=${path}`], {}, /replica/);
  });

  test('a database that is not there, by its key', async () => {
    const url = 'postgres://todo:canary-never-shown@nowhere.invalid:5432/todo';
    await unchanged(
      cloud,
      [],
      { DATABASE_URL: url, DATABASE_URL_FILE: '' },
      /database-url: nowhere\.invalid:5432/,
    );
  });

  test('D06: a secret that nobody gives, by its name', async () => {
    const empty = {
      ...cloud,
      deploy: cloud.deploy.map((one) => one.replace(cloud.namespace, `${cloud.namespace}-none`)),
    };
    const { code, output } = await startDeploy(empty, images, [], {
      DATABASE_URL: '',
      DATABASE_URL_FILE: '',
    }).ended;
    expect(code, output).toBe(1);
    expect(output).toMatch(/todo-secrets has no key database-url: set DATABASE_URL/);
    expect(await kubectl(['get', 'ns', `${cloud.namespace}-none`, '--ignore-not-found'])).toBe('');
  });
});

describe.each(variants)('secrets in environment $env', ({ namespace, databaseNamespace }) => {
  test('no value of a secret in values, descriptions, logs, objects or process arguments', async () => {
    const canaries = await secretValues(namespace);
    expect(canaries.length).toBeGreaterThanOrEqual(5);
    const seen: Record<string, string> = {};
    for (const row of Object.keys(await revisionsIn(namespace))) {
      seen[`helm get all ${row}`] = await helm('get', 'all', row, '-n', namespace);
    }
    const kinds = 'pods,deploy,rs,sts,cm,svc,secret,component,configuration.dapr.io,events,lease';
    seen['kubectl describe'] = await kubectl(['describe', kinds, '-n', namespace]);
    seen['objects'] = await kubectl([
      'get',
      kinds.replace('secret,', ''),
      '-n',
      namespace,
      '-o',
      'yaml',
    ]);
    const pods = JSON.parse(await kubectl(['get', 'pods', '-n', namespace, '-o', 'json'])) as {
      items: {
        metadata: { name: string };
        status: {
          containerStatuses?: { containerID?: string }[];
          initContainerStatuses?: { containerID?: string }[];
        };
      }[];
    };
    for (const { metadata, status } of pods.items) {
      seen[`log of ${metadata.name}`] = await kubectl([
        'logs',
        metadata.name,
        '-n',
        namespace,
        '--all-containers',
      ]);
      for (const { containerID = '' } of [
        ...(status.containerStatuses ?? []),
        ...(status.initContainerStatuses ?? []),
      ]) {
        for (const pid of processesOf(containerID)) {
          seen[`arguments of ${metadata.name}`] = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        }
      }
    }
    const found = Object.entries(seen).flatMap(([where, text]) =>
      canaries.filter((value) => text.includes(value)).map(() => where),
    );
    expect(found).toEqual([]);
    expect(databaseNamespace).not.toBe('');
  });

  test('the namespace is restricted, and every pod is in it by that rule', async () => {
    const label = await kubectl([
      'get',
      'ns',
      namespace,
      '-o',
      'jsonpath={.metadata.labels.pod-security\\.kubernetes\\.io/enforce}',
    ]);
    expect(label).toBe('restricted');
    const warnings = await kubectl([
      'get',
      'events',
      '-n',
      namespace,
      '--field-selector',
      'reason=FailedCreate',
      '-o',
      'name',
    ]);
    expect(warnings).toBe('');
  });
});

async function revisionsIn(namespace: string): Promise<Record<string, string>> {
  return await revisions({ namespace } as Variant);
}

async function secretValues(namespace: string): Promise<string[]> {
  const text = await kubectl([
    'get',
    'secret',
    '-l',
    'app.kubernetes.io/part-of=todo',
    '-n',
    namespace,
    '-o',
    'json',
  ]);
  const { items } = JSON.parse(text) as { items: { data: Record<string, string> }[] };
  const values = items
    .flatMap(({ data }) =>
      Object.values(data).map((value) => Buffer.from(value, 'base64').toString()),
    )
    .filter((value) => value !== ''); // what nobody gave
  return values.map((value) => /^\w+:\/\/[^:]+:([^@]+)@/.exec(value)?.[1] ?? value);
}

/** All descendants of a process. */
function childrenOf(pid: number): number[] {
  let direct: number[];
  try {
    direct = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .split(' ')
      .filter(Boolean)
      .map(Number);
  } catch {
    direct = [];
  }
  return direct.flatMap((child) => [child, ...childrenOf(child)]);
}

test(
  'removed with its data, a release leaves nothing',
  async () => {
    const gone = await startProgram([
      'deploy/src/commands/undeploy.ts',
      `--namespace=${cloud.namespace}`,
      '--data',
    ]).ended;
    expect(gone.code, gone.output).toBe(0);
    const kinds = (await kubectl(['api-resources', '--verbs=list', '--namespaced', '-o', 'name']))
      .split('\n')
      .filter((kind) => kind !== '' && !/events|^metrics/.test(kind));
    const left = await kubectl([
      'get',
      kinds.join(','),
      '-n',
      cloud.namespace,
      '--ignore-not-found',
      '-o',
      'name',
    ]);
    const own = left
      .split('\n')
      .filter(
        (name) =>
          name !== '' &&
          !/kube-root-ca.crt|serviceaccount\/default$|lease\S*\/todo-release$/.test(name),
      );
    expect(own.filter((name) => !name.startsWith('pod/'))).toEqual([]);
  },
  5 * MINUTES,
);
