// What the workflows may do, and from where: what deploys or publishes runs for main only, and every action is pinned.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const FOLDER = join(import.meta.dirname, '../../.github/workflows');
interface Workflow {
  on: Record<string, unknown>;
  jobs: Record<
    string,
    { if?: string; environment?: string; steps: { uses?: string; run?: string }[] }
  >;
}
const workflows = readdirSync(FOLDER).map((name) => ({
  name,
  workflow: parse(readFileSync(join(FOLDER, name), 'utf8')) as Workflow,
}));
const jobs = workflows.flatMap(({ name, workflow }) =>
  Object.values(workflow.jobs).map((job) => ({ name, on: workflow.on, job })),
);
const changesSomething = jobs.filter(({ job }) =>
  job.steps.some(({ run }) =>
    /dagger call (?:-o \S+ )?(?:publish|deploy|release)\b/.test(run ?? ''),
  ),
);

test('what publishes or deploys asks for main, no matter who or what starts it', () => {
  expect(changesSomething.map(({ name }) => name)).toEqual(['build.yml', 'deploy-oke.yml']);
  for (const { name, on, job } of changesSomething) {
    expect([name, job.if]).toEqual([
      name,
      expect.stringMatching(/^github\.ref == 'refs\/heads\/main'(?:$| && )/),
    ]);
    expect([name, Object.keys(on)]).not.toContain('pull_request');
    // its secrets are those of an environment, which can ask for a reviewer
    expect([name, typeof job.environment]).toEqual([name, 'string']);
  }
});

test('a deploy after a build takes only builds of this repository', () => {
  const deploy = jobs.find(({ name }) => name === 'deploy-oke.yml')!;
  expect(deploy.job.if).toContain('workflow_run.head_repository.full_name == github.repository');
});

test('every action is pinned to a commit', () => {
  const used = jobs.flatMap(({ job }) => job.steps.flatMap(({ uses }) => uses ?? []));
  expect(used.length).toBeGreaterThan(3);
  expect(used.filter((uses) => !/@[0-9a-f]{40}$/.test(uses))).toEqual([]);
});
