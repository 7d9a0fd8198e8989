// Releases and people's hands: what somebody changed with kubectl blocks neither a deploy nor its roll-back, and is named; a
// deploy restarts the pods that use what it changed, and no others.
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { kubectl } from '../targets/kubectl.ts';
import {
  helm,
  imagesWith,
  releaseOf,
  runningImages,
  runsNext,
  startDeploy,
  underTest,
  type Variant,
} from './variants.ts';

const { images, nextImages, variants } = underTest();
const MINUTES = 60_000;
const HEALTHY_WITHIN_MS = 180_000;

/** The names of the pods of each service: they change exactly when a service is restarted. */
async function podsOf({ namespace }: Variant): Promise<Record<string, string[]>> {
  const path =
    '{range .items[*]}{.metadata.labels.app\\.kubernetes\\.io/name}={.metadata.name}{"\\n"}{end}';
  const selector = 'app.kubernetes.io/part-of=todo,app.kubernetes.io/version';
  const text = await kubectl([
    ...['get', 'pods', '-n', namespace, '-l', selector, '--field-selector=status.phase=Running'],
    ...['-o', `jsonpath=${path}`],
  ]);
  const pods: Record<string, string[]> = {};
  for (const line of text.trim().split('\n').sort()) {
    const [chart = '', name = ''] = line.split('=');
    (pods[chart] ??= []).push(name);
  }
  return pods;
}

/** The services whose pods are others now. */
async function restartedSince(variant: Variant, before: Record<string, string[]>) {
  await releaseOf(variant).waitUntilHealthy(HEALTHY_WITHIN_MS);
  const after = await podsOf(variant);
  return Object.keys(before).filter((chart) => after[chart]?.join() !== before[chart]?.join());
}

describe.each(variants)('environment $env', (variant) => {
  const { namespace } = variant;
  const hand = (...args: string[]) => kubectl([...args, '-n', namespace]);
  const field = (name: string, path: string) =>
    hand('get', 'deploy', name, '-o', `jsonpath={${path}}`);
  const same = async () => ((await runsNext(variant)) ? nextImages : images);
  const deployed = async (which: string, more: string[] = [], env: NodeJS.ProcessEnv = {}) => {
    const ended = await startDeploy(variant, which, more, env).ended;
    expect(ended.code, ended.output).toBe(0);
    return ended.output;
  };

  afterEach(async () => {
    await hand('delete', 'hpa', '--all');
  });

  test(
    'fields changed by hand are shown by a dry run, named by a deploy, and as they were after it',
    async () => {
      const before = await runningImages(variant);
      const wrong = before.find((image) => image.includes('/backend'))!;
      await hand('scale', 'deploy/todo-backend', '--replicas=2');
      await hand('set', 'image', 'deploy/audit-service', `app=${wrong}`);
      await hand('rollout', 'pause', 'deploy/recurring-service');
      await hand('rollout', 'restart', 'deploy/notification-service');
      await hand('annotate', 'deploy/todo-frontend', 'a-note=by-hand');
      await hand('label', 'deploy/todo-frontend', 'app.kubernetes.io/version=x', '--overwrite');
      await hand('patch', 'cm/todo-frontend', '-p', '{"data":{"BACKEND_URL":"http://hunter2"}}');
      await hand('delete', 'service/notification-service');
      const says = [
        /Deployment\/todo-backend: \.spec\.replicas was changed from 1 to 2 \(by kubectl, scale\)/,
        /Deployment\/audit-service: .*\[name="app"\]\.image was changed .* \(by kubectl-set\)/,
        /Deployment\/recurring-service: \.spec\.paused was changed.* to true \(by kubectl-rollout\)/,
        /Deployment\/todo-frontend: .*version was changed \(by kubectl-label\)/,
        /ConfigMap\/todo-frontend: \.data\.BACKEND_URL was changed \(by kubectl-patch\)/,
        /Service\/notification-service was deleted/,
      ];
      const dry = await deployed(await same(), ['--dry-run']);
      expect(await field('todo-backend', '.spec.replicas')).toBe('2');
      const output = await deployed(await same());
      for (const text of [dry, output]) {
        for (const expected of says) expect(text).toMatch(expected);
        expect(text).not.toContain('hunter2');
        expect(text).not.toContain('a-note');
      }
      expect(await runningImages(variant)).toEqual(before);
      expect(await field('todo-backend', '.spec.replicas')).toBe('1');
      expect(await field('recurring-service', '.spec.paused')).toBe('');
      expect(await hand('get', 'svc', 'notification-service', '-o', 'name')).toContain('service');
      expect(await deployed(await same(), ['--dry-run'])).toMatch(/last deploy:\n +nothing\n/);
    },
    10 * MINUTES,
  );

  test(
    'a deploy that fails goes back although a hand was at it meanwhile',
    async () => {
      await releaseOf(variant).waitUntilHealthy(HEALTHY_WITHIN_MS);
      const before = await runningImages(variant);
      const missing = `${images.replace(/:[^:/]*$/, '')}/web:not-there`;
      const failing = startDeploy(variant, imagesWith({ web: missing }), ['--timeout=40']);
      while (!/ {2}todo-frontend\n/.test(failing.output())) {
        await new Promise((done) => setTimeout(done, 200));
      }
      await hand('set', 'image', 'deploy/audit-service', `app=${before[0]!}`);
      await hand('scale', 'deploy/todo-frontend', '--replicas=2');
      const { code, output } = await failing.ended;
      expect(code, output).toBe(1);
      expect(output).toContain('Rolled back: every service runs the version');
      expect(await runningImages(variant)).toEqual(before);
      expect(await field('todo-frontend', '.spec.replicas')).toBe('1');
    },
    10 * MINUTES,
  );

  test(
    'a release as Helm 3 leaves it, applied by the client, is taken over with what a hand changed in it',
    async () => {
      const which = await same();
      await deployed(which);
      await helm(
        ...['upgrade', 'audit-service', 'charts/audit-service', '--namespace', namespace],
        ...['--reuse-values', '--server-side=false'],
      );
      await hand('scale', 'deploy/audit-service', '--replicas=2');
      expect(await deployed(which)).toContain('Deployment/audit-service: .spec.replicas');
      expect(await field('audit-service', '.spec.replicas')).toBe('1');
      const managers = await hand(
        ...['get', 'deploy', 'audit-service', '--show-managed-fields', '-o'],
        'jsonpath={range .metadata.managedFields[*]}{.manager}/{.operation} {end}',
      );
      expect(managers).toContain('helm/Apply');
      expect(managers).not.toContain('helm/Update');
    },
    10 * MINUTES,
  );

  test(
    'the number of pods is left to a HorizontalPodAutoscaler, from the first deploy on',
    async () => {
      const which = await same();
      await hand('scale', 'deploy/audit-service', '--replicas=2');
      await hand('autoscale', 'deploy/audit-service', '--min=2', '--max=3', '--cpu=80%');
      const output = await deployed(which);
      expect(output).toMatch(
        /\.spec\.replicas is managed by HorizontalPodAutoscaler\/audit-service/,
      );
      expect(await field('audit-service', '.spec.replicas')).toBe('2');
      await deployed(which);
      expect(await field('audit-service', '.spec.replicas')).toBe('2');
      await hand('delete', 'hpa', 'audit-service');
      await deployed(which);
      expect(await field('audit-service', '.spec.replicas')).toBe('1');
    },
    10 * MINUTES,
  );

  test(
    'pods are restarted by what they use, and only by that',
    async () => {
      const which = await same();
      await deployed(which);
      await releaseOf(variant).waitUntilHealthy(HEALTHY_WITHIN_MS);
      let before = await podsOf(variant);
      expect(Object.keys(before)).toHaveLength(5);

      await hand('label', 'secret/todo-secrets', 'a-label=by-hand', '--overwrite');
      await deployed(which);
      expect(await restartedSince(variant, before)).toEqual([]);

      await deployed(which, [], { CHAT_API_KEY: `key-${Date.now()}` });
      expect(await restartedSince(variant, before)).toEqual(['todo-backend']);

      before = await podsOf(variant);
      await deployed(which, [], {
        BETTER_AUTH_SECRET: `a-secret-of-32-characters-or-more-${Date.now()}`,
      });
      expect(await restartedSince(variant, before)).toEqual(['todo-frontend']);

      before = await podsOf(variant);
      const path = join(tmpdir(), `values-${process.pid}.json`);
      writeFileSync(path, '{"env": {"LOG_LEVEL": "debug"}}');
      await deployed(which, ['--values', `audit-service=${path}`]);
      expect(await restartedSince(variant, before)).toEqual(['audit-service']);

      before = await podsOf(variant);
      await deployed(which);
      expect(await restartedSince(variant, before)).toEqual(['audit-service']);
    },
    15 * MINUTES,
  );
});
