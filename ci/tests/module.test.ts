// Every function of the module, run by the real client against an endpoint that checks each query against the engine's
// schema. A wrong field or argument fails here, without an engine. What an engine would do with them it does not show.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dag } from '@dagger.io/dagger';
import type { File } from '@dagger.io/dagger';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { formsOf } from '../../deploy/src/run/masking.ts';
import type { PlanReport } from '../../deploy/src/run/report.ts';
import { effectTimesText } from '../../e2e/suite/effect-times.ts';
import { Environment, Registry, Todo, Variant } from '../src/index.ts';
import { formatImageList, IMAGES } from '../src/reference.ts';
import { callsOf, ExecFailure, record } from './recording-engine.ts';
import type { Answer, Call, Pipeline, Recording } from './recording-engine.ts';

const REVISION = '0a1b2c3d4e5f60718293a4b5c6d7e8f901234567';
const CANARY = `canary-7f3a'9c&$x`;
const AMD = `sha256:${'a'.repeat(64)}`;
const ARM = `sha256:${'b'.repeat(64)}`;
const INDEX = `sha256:${'c'.repeat(64)}`;
const LIST = formatImageList(
  IMAGES.map(({ name }) => ({
    name,
    reference: `fra.ocir.io/ns/todo/${name}:${REVISION}@${INDEX}`,
  })),
);
/** The same for deploy, where no two parts are one image. */
const DEPLOY_LIST = formatImageList(
  IMAGES.map(({ name }, index) => ({
    name,
    reference: `fra.ocir.io/ns/todo/${name}:${REVISION}@sha256:${String(index).repeat(64)}`,
  })),
);
const KUBECONFIG_VIEW = JSON.stringify({
  'current-context': 'c',
  contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
  clusters: [{ name: 'k', cluster: { server: 'https://10.0.0.1:6443' } }],
  users: [{ name: 'u', user: { token: 'REDACTED' } }],
});

beforeEach(() => {
  // only the waits between tries pass at once: the client has time limits of its own
  const real = setTimeout;
  vi.stubGlobal('setTimeout', ((work: () => void, ms?: number) =>
    real(work, [2_000, 4_000, 8_000].includes(ms ?? 0) ? 0 : ms)) as typeof setTimeout);
  return () => {
    vi.unstubAllGlobals();
  };
});

const step = (id: string, ok = true, output = '') => ({
  ...{ id, title: id, phase: 'changes' as const, ms: 1200, ok, output },
  reason: ok ? '' : 'exit code 1',
});
/** As deploy writes it; its own tests make a real one. */
const DONE: PlanReport = {
  ...{ format: 1, environment: 'cloud', namespace: 'todo', ok: true, stopped: false },
  ...{ startedAt: '2026-11-29T20:00:00.000Z', ms: 21_000, shown: [], failedRenewals: 0 },
  steps: [step('dapr'), step('todo-backend'), step('event')],
  aftermath: 'done',
  conclusion: '',
};
const FAILED: PlanReport = {
  ...DONE,
  ok: false,
  steps: [step('dapr'), step('recurring-service', false, 'context deadline exceeded')],
  shown: [
    { command: 'node deploy/src/steps/diagnose.ts', output: 'pod recurring-service: ErrImagePull' },
  ],
  aftermath: 'restored',
  conclusion: 'Rolled back: every service runs the version from before this deploy.',
};
const isDeploy = (command: readonly string[]) =>
  /^node deploy\/src\/commands\/(deploy|rollback)\.ts/.test(command.join(' '));
/** Answers for a release that ends so; else as the other. */
const ending =
  (report: PlanReport | undefined, exitCode: number, output: string, rest: Answer): Answer =>
  (pipeline, command) => {
    const last = pipeline.at(-1)?.field;
    if (!isDeploy(command)) return rest(pipeline, command);
    if (last === 'exitCode') return exitCode;
    if (last === 'combinedOutput') return output;
    if (last !== 'contents') return rest(pipeline, command);
    if (report === undefined) throw new ExecFailure([], 1, 'no such file');
    return JSON.stringify(report);
  };

/** An engine, a registry and a cluster where all goes well. */
const allWell: Answer = (pipeline, command) => {
  const last = pipeline.at(-1)?.field;
  const text = command.join(' ');
  if (last === 'defaultPlatform') return 'linux/amd64';
  if (last === 'commit') return REVISION;
  if (last === 'url') return 'https://github.com/acme/todo.git';
  if (last === 'isEmpty') return true;
  if (last === 'plaintext') return CANARY;
  if (last === 'contents' && isDeploy(command)) return JSON.stringify(DONE);
  if (last === 'contents') return text.includes('--digestfile') ? `${INDEX}\n` : DEPLOY_LIST;
  if (last === 'publish') return `${String(pipeline.at(-1)?.args['address'])}@${INDEX}`;
  if (last === 'exitCode') return text.startsWith('digest ') ? 1 : 0;
  if (last !== 'stdout') return undefined;
  if (text.startsWith('od '))
    return JSON.stringify(pipeline).includes('"platform":"linux/arm64"') ? ' b7 00\n' : ' 3e 00\n';
  if (text.startsWith('manifest ')) {
    if (text.endsWith(INDEX)) {
      return JSON.stringify({
        manifests: [
          { digest: AMD, platform: { os: 'linux', architecture: 'amd64' } },
          { digest: ARM, platform: { os: 'linux', architecture: 'arm64' } },
        ],
      });
    }
    return JSON.stringify({ layers: [{ digest: text }] });
  }
  if (text.startsWith('config '))
    return JSON.stringify({ os: 'linux', architecture: text.endsWith(AMD) ? 'amd64' : 'arm64' });
  if (text.startsWith('digest ')) return INDEX;
  if (text.startsWith('kubectl config view')) return KUBECONFIG_VIEW;
  if (text.startsWith('kubectl version'))
    return JSON.stringify({ serverVersion: { gitVersion: 'v1.36.2+k3s1' } });
  return undefined;
};

function todo(): Todo {
  return new Todo(dag.directory());
}
function secret(name: string) {
  return dag.setSecret(name, CANARY);
}
const repository = () => dag.git('https://github.com/acme/todo.git');
const OCIR = { region: 'fra', namespace: 'ns', username: 'ns/alice' } as const;

function publishToOcir(
  options: {
    dryRun?: boolean;
    signingKey?: boolean;
    signingConfig?: File;
    tag?: string[];
    module?: Todo;
  } = {},
): Promise<string> {
  return (options.module ?? todo()).publish(
    Registry.OCIR,
    undefined,
    OCIR.region,
    OCIR.namespace,
    OCIR.username,
    options.dryRun === true ? undefined : secret('token'),
    'todo',
    options.tag ?? [],
    options.signingKey === false ? undefined : secret('signing-key'),
    secret('signing-password'),
    options.signingConfig,
    undefined,
    undefined,
    options.signingKey === false,
    options.dryRun ?? false,
    repository(),
  );
}

function publishedInOcir(): Promise<string> {
  return todo().published(
    Registry.OCIR,
    undefined,
    OCIR.region,
    OCIR.namespace,
    OCIR.username,
    secret('token'),
    'todo',
    repository(),
  );
}

function deployToCloud(options: { dryRun?: boolean; kubeconfig?: boolean } = {}): Promise<string> {
  return todo().deploy(
    Environment.CLOUD,
    dag.directory().withNewFile('images.json', LIST).file('images.json'),
    options.kubeconfig === false ? undefined : secret('kubeconfig'),
    undefined,
    'https://todo.example',
    'todo',
    false,
    ['registry'],
    secret('database-url'),
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    options.dryRun ?? false,
  );
}

function commandsOf(recording: Recording): string[] {
  return callsOf(recording, 'withExec').map((call) => (call.args['args'] as string[]).join(' '));
}
/** The pipelines that run a command, by its first words. */
function running(recording: Recording, start: string): Pipeline[] {
  return recording.pipelines.filter((pipeline) =>
    (pipeline.findLast((call) => call.field === 'withExec')?.args['args'] as string[] | undefined)
      ?.join(' ')
      .startsWith(start),
  );
}
type TailOf<T extends readonly unknown[]> = T extends [unknown, ...infer R] ? R : never;
/** What cosign and crane changed in a registry, in order. */
function effectsOf(recording: Recording): string[] {
  return recording.pipelines.flatMap((pipeline) => {
    const command = pipeline.findLast((call) => call.field === 'withExec')?.args['args'];
    const [verb, , tag] = (command as string[] | undefined) ?? [];
    if (pipeline.at(-1)?.field !== 'withExec') return [];
    return verb === 'tag' ? [`tag ${tag ?? ''}`] : ['sign', 'attest'].filter((v) => v === verb);
  });
}
/** Fails if the canary stands anywhere but where a secret is made. */
function expectNoLeak(recording: Recording, output: string): void {
  // every form that programs write it in: alone, in base64 of user:token, in URLs, JSON, a shell's quotes
  const forms = formsOf(CANARY);
  expect(forms.length).toBeGreaterThan(30);
  for (const needle of forms) {
    expect(output).not.toContain(needle);
    for (const query of recording.queries) {
      const outside = query.replace(
        /setSecret\s*\(name: "[^"]*",plaintext: "(?:[^"\\]|\\.)*"\)/g,
        '',
      );
      expect(outside).not.toContain(needle);
    }
  }
}
async function failureOf(
  work: () => Promise<unknown>,
  answer: Answer,
): Promise<{ message: string; recording: Recording }> {
  try {
    await record(work, answer);
  } catch (error) {
    return error as { message: string; recording: Recording };
  }
  throw new Error('it did not fail');
}

describe('check and test', () => {
  test('run npm in a container as user node, after an install that sees manifests only', async () => {
    const { recording } = await record(async () => [
      await todo().check(),
      await todo().test('registry'),
    ]);
    expect(commandsOf(recording)).toEqual(
      expect.arrayContaining(['npm ci --no-progress', 'npm run check', 'npm test -- registry']),
    );
    expect(callsOf(recording, 'withUser')).toContainEqual({
      field: 'withUser',
      args: { name: 'node' },
    });
    expect(
      callsOf(recording, 'from').map((call) => String(call.args['address']).split(':')[0]),
    ).toEqual(expect.arrayContaining(['rhysd/actionlint', 'ghcr.io/zizmorcore/zizmor']));
    const programs = (command: string) =>
      callsOf({ ...recording, pipelines: running(recording, command) }, 'withFile').map(
        (call) => call.args['path'],
      );
    expect(programs('npm run check')).toEqual(['/usr/local/bin/helm', '/usr/local/bin/kubectl']);
    expect(programs('npm test')).toContain('/usr/local/bin/daprd');
    const [install] = running(recording, 'npm run check');
    const copied = install!.filter((call) => call.field === 'withDirectory');
    expect(JSON.stringify(copied[0])).toContain('"*/package.json"');
    expect(JSON.stringify(copied[1])).not.toContain('package.json');
  });

  test('a failed check says which command failed, then its output', async () => {
    const { message } = await failureOf(
      () => todo().check(),
      (pipeline, command) => {
        if (pipeline.at(-1)?.field === 'stdout')
          throw new ExecFailure([...command], 1, 'src/a.ts(1,1): error TS1005');
        return undefined;
      },
    );
    expect(message).toBe(
      'npm run check failed: exit code 1 of `npm run check`\nsrc/a.ts(1,1): error TS1005',
    );
  });
});

describe('build', () => {
  test('builds each image from its own folders only, with the build platform given', async () => {
    const { recording } = await record(async () => (await todo().build()).id(), allWell);
    const builds = callsOf(recording, 'dockerBuild');
    expect(builds).toHaveLength(IMAGES.length);
    for (const { args } of builds) {
      expect(args['platform']).toBe('linux/amd64');
      expect(args['buildArgs']).toContainEqual({ name: 'BUILDPLATFORM', value: 'linux/amd64' });
    }
    const audit = callsOf(recording, 'filter').find((call) =>
      (call.args['include'] as string[]).includes('services/audit/**/*.ts'),
    );
    expect(audit?.args['include']).toContain('packages/**/*.ts');
    expect(audit?.args['include']).not.toContain('services/backend/**/*.ts');
  });

  test('E05: for another platform, compiles on the engine’s own', async () => {
    const { recording } = await record(
      async () => (await todo().image('web', 'linux/arm64')).id(),
      allWell,
    );
    expect(callsOf(recording, 'dockerBuild')).toEqual([
      expect.objectContaining({
        args: expect.objectContaining({
          platform: 'linux/arm64',
          dockerfile: 'web/Dockerfile',
          buildArgs: expect.arrayContaining([
            { name: 'BUILDPLATFORM', value: 'linux/amd64' },
          ]) as unknown,
        }) as unknown,
      }),
    ]);
  });

  test('builds from another base image where the module is given one, by digest only', async () => {
    const nodeImage = `node:24-bookworm-slim@${INDEX}`;
    const argument = { name: 'NODE_IMAGE', value: nodeImage };
    const module = () => new Todo(dag.directory(), nodeImage);
    const builds = [
      async () => (await module().build()).id(),
      () => module().testIntegration(),
      () => publishToOcir({ dryRun: true, module: module() }),
    ];
    for (const build of builds) {
      const { recording } = await record(build, allWell);
      const calls = callsOf(recording, 'dockerBuild');
      expect(calls.length).toBeGreaterThanOrEqual(IMAGES.length);
      for (const { args } of calls) expect(args['buildArgs']).toContainEqual(argument);
    }
    for (const wrong of ['', 'node:24', `node:24@${INDEX.slice(0, -1)}`, `node:24@${INDEX} x`])
      expect(() => new Todo(dag.directory(), wrong), wrong).toThrow(
        `--node-image: "${wrong}" has no digest`,
      );
  });

  test('a platform that no image is made for is named, with what else is wrong', async () => {
    for (const platform of ['arm64', 'linux/386', 'darwin/arm64', '']) {
      const { message, recording } = await failureOf(
        () => todo().image('frontend', platform),
        allWell,
      );
      expect(message).toMatch(/^build: 2 arguments[\s\S]*--name: there is no image "frontend"/);
      expect(message).toContain(`--platform: "${platform}" is none of linux/amd64, linux/arm64`);
      expect(callsOf(recording, 'dockerBuild')).toEqual([]);
    }
  });

  test('an image that does not exist is named, with those that do', async () => {
    const { message } = await failureOf(() => todo().build(['backend', 'frontend']), allWell);
    expect(message).toMatch(
      /there is no image "frontend"[\s\S]*backend, notification, recurring, audit, pubsub-postgresql, web/,
    );
  });
});

describe('publish', () => {
  test('pushes both platforms under the commit, checks the index, signs, attests, and moves the other tags last', async () => {
    const { result, recording } = await record(() => publishToOcir({ tag: ['v1.10'] }), allWell);
    expect(JSON.parse(result)).toEqual(JSON.parse(LIST));
    const pushes = callsOf(recording, 'publish');
    const staged = pushes.map((call) => String(call.args['address']));
    const run = /:staging-(.+)$/.exec(staged[0] ?? '')?.[1] ?? 'none';
    expect(staged).toEqual(IMAGES.map(({ name }) => `fra.ocir.io/ns/todo/${name}:staging-${run}`));
    const other = await record(() => publishToOcir(), allWell);
    const again = callsOf(other.recording, 'publish').map((call) => String(call.args['address']));
    expect(again.filter((address) => staged.includes(address))).toEqual([]);
    for (const { args } of pushes) {
      const variants = args['platformVariants'] as Call[][];
      expect(
        variants.map(
          (pipeline) => pipeline.find((call) => call.field === 'dockerBuild')?.args['platform'],
        ),
      ).toEqual(['linux/amd64', 'linux/arm64']);
    }
    const commands = commandsOf(recording);
    expect(commands).toContain(
      `sign --yes --recursive --key env://COSIGN_PRIVATE_KEY fra.ocir.io/ns/todo/web@${INDEX}`,
    );
    expect(
      commands.filter((command) => command.startsWith('attest') && command.includes('spdxjson')),
    ).toHaveLength(2 * IMAGES.length);
    expect(
      commands.filter(
        (command) => command.startsWith('attest') && command.includes('slsaprovenance1'),
      ),
    ).toHaveLength(IMAGES.length);
    // the commit's tag when an image is signed and attested, the others when all images are
    const kinds = effectsOf(recording);
    const one = ['sign', 'attest', 'attest', 'attest', `tag ${REVISION}`];
    const all = IMAGES.flatMap(() => one);
    expect(kinds).toEqual([...all, ...IMAGES.flatMap(() => ['tag latest', 'tag v1.10'])]);
  });

  test('a publish that breaks off while signing leaves no tag: the next one does it again', async () => {
    const { message, recording } = await failureOf(
      () => publishToOcir(),
      (pipeline, command) => {
        if (command[0] === 'sign' && pipeline.at(-1)?.field === 'withExec')
          throw new ExecFailure([...command], 1, 'error signing');
        return allWell(pipeline, command);
      },
    );
    expect(message).toMatch(/^publish backend failed: exit code 1 of `sign --yes/);
    expect(effectsOf(recording)).toEqual(['sign']);
  });

  test('signs by another signing config than that of the public instance when it is given one', async () => {
    const { recording } = await record(
      () =>
        publishToOcir({
          signingConfig: dag.directory().withNewFile('config.json', '{}').file('config.json'),
        }),
      allWell,
    );
    const signatures = commandsOf(recording).filter((command) => /^(sign|attest) /.test(command));
    expect(signatures.length).toBeGreaterThan(0);
    for (const command of signatures)
      expect(command).toContain('--signing-config /in/signing-config.json');
    expect(callsOf(recording, 'withMountedFile').map((call) => call.args['path'])).toContain(
      '/in/signing-config.json',
    );
  });

  test('leaks no secret into a command, a variable, a file or the result', async () => {
    const { result, recording } = await record(() => publishToOcir(), allWell);
    expectNoLeak(recording, result);
    expect(callsOf(recording, 'withMountedSecret').map((call) => call.args['path'])).toContain(
      '/auth/config.json',
    );
  });

  test('a commit that is there already is neither built nor pushed again', async () => {
    const { result, recording } = await record(
      () => publishToOcir(),
      (pipeline, command) =>
        pipeline.at(-1)?.field === 'exitCode' ? 0 : allWell(pipeline, command),
    );
    expect(callsOf(recording, 'dockerBuild')).toEqual([]);
    expect(callsOf(recording, 'publish')).toEqual([]);
    expect(JSON.parse(result)).toEqual(JSON.parse(LIST));
  });

  test('a clone without a remote the engine can read is published all the same', async () => {
    const { result, recording } = await record(
      () => publishToOcir({ dryRun: true }),
      (pipeline, command) => (pipeline.at(-1)?.field === 'url' ? null : allWell(pipeline, command)),
    );
    expect(result).toContain('Would publish');
    expect(JSON.stringify(callsOf(recording, 'dockerBuild'))).toContain(
      '{"name":"SOURCE","value":"unknown"}',
    );
  });

  test('a dry run builds, pushes nothing, needs no login and says what would be pushed', async () => {
    const { result, recording } = await record(() => publishToOcir({ dryRun: true }), allWell);
    expect(callsOf(recording, 'publish')).toEqual([]);
    expect(callsOf(recording, 'dockerBuild')).toHaveLength(2 * IMAGES.length);
    expect(result).toContain(`fra.ocir.io/ns/todo/backend:${REVISION}`);
    expect(result).toContain('fra.ocir.io/ns/todo/web:latest');
  });

  test('everything that is missing is one error, before anything is built', async () => {
    const { message, recording } = await failureOf(
      () =>
        todo().publish(
          Registry.OCIR,
          undefined,
          undefined,
          undefined,
          undefined,
          undefined,
          'todo',
          ['.bad'],
          undefined,
          undefined,
          undefined,
          undefined,
          undefined,
          false,
          false,
          repository(),
        ),
      allWell,
    );
    expect(message).toMatch(/^publish: 6 arguments are missing or wrong\./);
    for (const flag of [
      '--region',
      '--namespace',
      '--username',
      '--token',
      '--signing-key',
      '--tag',
    ])
      expect(message).toContain(flag);
    expect(callsOf(recording, 'dockerBuild')).toEqual([]);
  });

  test('a token that is empty or can’t be read is missing, before anything is built', async () => {
    for (const [plaintext, message] of [
      [() => '\n', /--token: it is empty/],
      [
        () => {
          throw new ExecFailure([], 1, 'secret env var not found: "OCIR_TOKEN"');
        },
        /--token: it can't be read\. A secret is given as env:\/\/NAME, file:\/\/PATH or cmd:\/\/COMMAND/,
      ],
    ] as const) {
      for (const work of [publishToOcir, publishedInOcir]) {
        const { message: said, recording } = await failureOf(
          () => work(),
          (pipeline, command) => {
            const name = pipeline.find(({ field }) => field === 'setSecret')?.args['name'];
            return pipeline.at(-1)?.field === 'plaintext' && name === 'token'
              ? plaintext()
              : allWell(pipeline, command);
          },
        );
        expect(said).toMatch(/: 1 argument is missing or wrong\./);
        expect(said).toMatch(message);
        expect(callsOf(recording, 'dockerBuild')).toEqual([]);
        expect(commandsOf(recording)).toEqual([]);
      }
    }
  });

  test('a refused login is called so before anything is built, by whichever question shows it', async () => {
    const said = (access: string) =>
      IMAGES.map(({ name }) => JSON.stringify({ repository: name, access, detail: '401 on x' }));
    const answers: Answer[] = [
      (pipeline, command) =>
        command.includes('/in/push-access.ts') && pipeline.at(-1)?.field === 'stdout'
          ? said('refused').join('\n')
          : allWell(pipeline, command),
      (pipeline, command) =>
        command[0] === 'digest' && pipeline.at(-1)?.field === 'stderr'
          ? 'Error: GET https://fra.ocir.io/v2/: UNAUTHORIZED: 401 Unauthorized'
          : allWell(pipeline, command),
    ];
    for (const answer of answers) {
      const { message, recording } = await failureOf(() => publishToOcir(), answer);
      expect(message).toMatch(
        /^publish failed: fra\.ocir\.io refused the login of ns\/alice \(.*401[\s\S]*auth token of that user/,
      );
      expect(callsOf(recording, 'dockerBuild')).toEqual([]);
      expectNoLeak(recording, message);
    }
    // a login that may push, on a registry that says "denied" of a repository that is not there yet
    const { recording } = await record(
      () => publishToOcir(),
      (pipeline, command) => {
        const field = pipeline.at(-1)?.field;
        if (command.includes('/in/push-access.ts') && field === 'stdout')
          return said('granted').join('\n');
        if (command[0] === 'digest' && field === 'stderr') return 'denied: 401';
        return allWell(pipeline, command);
      },
    );
    expect(callsOf(recording, 'publish')).toHaveLength(IMAGES.length);
  });

  test('a registry that can’t be reached is called so before anything is built', async () => {
    let asked = 0;
    const { message, recording } = await failureOf(
      () => publishToOcir(),
      (pipeline, command) => {
        if (command[0] !== 'digest' || pipeline.at(-1)?.field !== 'stderr')
          return allWell(pipeline, command);
        asked++;
        return 'dial tcp: lookup fra.ocir.io: no such host';
      },
    );
    expect(asked).toBe(4);
    expect(message).toMatch(/^publish: asking for fra\.ocir\.io\/ns\/todo\/backend:.*no such host/);
    expect(callsOf(recording, 'dockerBuild')).toEqual([]);
  });

  test('what is wrong with the commit is said with what else is wrong', async () => {
    const { message, recording } = await failureOf(
      () => publishToOcir({ tag: ['.bad'] }),
      (pipeline, command) =>
        pipeline.at(-1)?.field === 'isEmpty' ? false : allWell(pipeline, command),
    );
    expect(message).toMatch(/^publish: 2 arguments[\s\S]*--tag[\s\S]*uncommitted changes/);
    expect(callsOf(recording, 'dockerBuild')).toEqual([]);
  });

  test('refuses a work tree with uncommitted changes', async () => {
    const { message } = await failureOf(
      () => publishToOcir(),
      (pipeline, command) =>
        pipeline.at(-1)?.field === 'isEmpty' ? false : allWell(pipeline, command),
    );
    expect(message).toMatch(/uncommitted changes/);
  });

  test('tries again after a 503, and not after a denial', async () => {
    let tries = 0;
    const flaky =
      (stderr: string): Answer =>
      (pipeline, command) => {
        if (pipeline.at(-1)?.field === 'publish' && ++tries < 3)
          throw new ExecFailure([], 1, stderr);
        return allWell(pipeline, command);
      };
    await record(() => publishToOcir(), flaky('503 Service Unavailable'));
    expect(tries).toBe(2 + IMAGES.length);
    tries = 0;
    const { message } = await failureOf(() => publishToOcir(), flaky('denied: anonymous users'));
    expect(tries).toBe(1);
    expect(message).toMatch(/^publish backend failed: [\s\S]*auth token of that user/);
  });

  test('E04: refuses an image whose arm64 half is amd64', async () => {
    const { message, recording } = await failureOf(
      () => publishToOcir(),
      (pipeline, command) =>
        command[0] === 'od' && pipeline.at(-1)?.field === 'stdout'
          ? ' 3e 00\n'
          : allWell(pipeline, command),
    );
    expect(message).toMatch(
      /for linux\/arm64 failed: linux\/arm64: its node is built for linux\/amd64/,
    );
    expect(callsOf(recording, 'publish')).toEqual([]);
  });
});

describe('deploy', () => {
  test('runs deploy’s own program once, with its secrets as files and never from a cache', async () => {
    const { result, recording } = await record(() => deployToCloud(), allWell);
    expect(result).toMatch(/^deploy to cloud, namespace todo: passed/);
    expect(result).toMatch(/steps: passed in 21\.0 s\n {2}ok {11}1\.2 s {2}dapr/);
    const commands = commandsOf(recording).filter((command) =>
      /^(kubectl|helm|node|sh|timeout) /.test(command),
    );
    expect(commands).toEqual([
      'kubectl config view --output=json',
      expect.stringMatching(
        /^node deploy\/src\/commands\/deploy\.ts --env cloud --images \/run\/images\.json --holder dagger \S+ --namespace todo --public-url https:\/\/todo\.example --pull-secret registry --report \/out\/report\.json --failure-folder \/out\/failure$/,
      ),
    ]);
    const [ran] = running(recording, 'node deploy/src/commands/deploy.ts');
    expect(ran).toContainEqual({
      field: 'withEnvVariable',
      args: { name: 'DATABASE_URL_FILE', value: '/run/secrets/DATABASE_URL' },
    });
    expect(JSON.stringify(ran)).toContain('"name":"CALL"');
    expectNoLeak(recording, result);
  });

  test('a context is given to the program, for helm and kubectl alike', async () => {
    const { recording } = await record(
      () => todo().rollback(secret('kubeconfig'), 'c', 'todo', ['todo-backend', 'todo-frontend']),
      allWell,
    );
    expect(commandsOf(recording).at(-1)).toMatch(
      /^node deploy\/src\/commands\/rollback\.ts .*--chart todo-backend todo-frontend --context c --report/,
    );
    expect(JSON.stringify(recording.pipelines)).not.toContain('HELM_KUBECONTEXT');
  });

  test('everything that is missing is one error, and no cluster is looked at', async () => {
    const { message, recording } = await failureOf(() => todo().deploy(Environment.CLOUD), allWell);
    expect(message).toMatch(/^deploy: 3 arguments are missing or wrong\./);
    for (const flag of ['--images', '--kubeconfig', '--public-url'])
      expect(message).toContain(flag);
    expect(commandsOf(recording)).toEqual([]);
  });

  test('wrong arguments are said all at once, by the names they have here', async () => {
    const { message, recording } = await failureOf(
      () =>
        todo().deploy(
          Environment.CLOUD,
          undefined,
          undefined,
          undefined,
          'todo.example/app',
          'No_Name',
          false,
          ['A b'],
        ),
      allWell,
    );
    expect(message).toMatch(/^deploy: 5 arguments are missing or wrong\./);
    expect(message).toMatch(/--public-url: expected http\(s\):\/\/host\[:port\] without a path/);
    expect(message).toMatch(/--release-namespace: "No_Name" is not a valid namespace/);
    expect(message).toMatch(/--pull-secret: "A b" is not a valid name of a Secret/);
    expect(commandsOf(recording)).toEqual([]);
  });

  test('what is wrong with the images and the kubeconfig is said with the rest', async () => {
    const nginx = JSON.stringify(
      Object.fromEntries(IMAGES.map(({ name }) => [name, `nginx:1@${INDEX}`])),
    );
    const view = KUBECONFIG_VIEW.replace('https://10.0.0.1:6443', 'https://localhost:6443');
    const { message, recording } = await failureOf(
      () =>
        todo().deploy(
          Environment.CLOUD,
          dag.directory().withNewFile('images.json', nginx).file('images.json'),
          secret('kubeconfig'),
          undefined,
          'todo.example',
          'No_Name',
        ),
      (pipeline, command) => {
        if (pipeline.at(-1)?.field === 'contents') return nginx;
        return command.join(' ').startsWith('kubectl config view')
          ? view
          : allWell(pipeline, command);
      },
    );
    expect(message).toMatch(/^deploy: 9 arguments are missing or wrong\./);
    for (const { name } of IMAGES)
      expect(message).toContain(`--images: image "${name}" is nginx:1`);
    expect(message).toMatch(
      /--public-url[\s\S]*--release-namespace[\s\S]*--kubeconfig: the cluster/,
    );
    expect(commandsOf(recording).some((command) => command.includes('deploy/src'))).toBe(false);
  });

  test('a kubeconfig that is none is named, without what is in it', async () => {
    const { message } = await failureOf(
      () => todo().rollback(secret('kubeconfig'), undefined, 'todo', ['backend', 'todo-backend']),
      (pipeline, command) => {
        if (command.join(' ').startsWith('kubectl config view'))
          throw new ExecFailure(
            [...command],
            1,
            `error: error loading config file "/run/secrets/kubeconfig": yaml: cannot unmarshal \`${CANARY}\` into Config`,
          );
        return allWell(pipeline, command);
      },
    );
    expect(message).toMatch(/^rollback: 2 arguments are missing or wrong\./);
    expect(message).toMatch(/--chart: there is no chart "backend": todo-backend, /);
    expect(message).toMatch(/--kubeconfig: kubectl can't read it: error loading config file: yaml/);
    expect(message).not.toContain('canary');
  });

  test('a secret that can’t be read, or is empty, is named', async () => {
    const { message, recording } = await failureOf(
      () => deployToCloud(),
      (pipeline, command) => {
        const name = pipeline.find(({ field }) => field === 'setSecret')?.args['name'];
        if (pipeline.at(-1)?.field === 'plaintext') {
          if (name === 'kubeconfig') throw new ExecFailure([], 1, 'secret env var not found: "K"');
          if (name === 'database-url') return ' \n';
        }
        return allWell(pipeline, command);
      },
    );
    expect(message).toMatch(/^deploy: 2 arguments are missing or wrong\./);
    expect(message).toMatch(/--database-url: it is empty/);
    expect(message).toMatch(
      /--kubeconfig: it can't be read\. A secret is given as env:\/\/NAME, file:\/\/PATH or cmd:\/\/COMMAND/,
    );
    expect(commandsOf(recording)).toEqual([]);
  });

  test('a dry run prints the plan and needs no cluster', async () => {
    const { result, recording } = await record(
      () => deployToCloud({ dryRun: true, kubeconfig: false }),
      ending(undefined, 0, 'Before any change:\n…', allWell),
    );
    expect(result).toContain('Before any change');
    expect(commandsOf(recording).at(-1)).toMatch(/--dry-run$/);
    expectNoLeak(recording, result);
  });

  test('a failed step: one line, the step’s output, what the pods say, and what was done about it', async () => {
    const { message, recording } = await failureOf(
      () => deployToCloud(),
      ending(FAILED, 1, '', allWell),
    );
    expect(message.split('\n')[0]).toBe('deploy failed at "recurring-service"');
    expect(message).toContain('context deadline exceeded');
    expect(message).toContain('pod recurring-service: ErrImagePull');
    expect(message).toContain('Rolled back: every service runs the version');
    expectNoLeak(recording, message);
  });

  test('another deploy that took over is called so', async () => {
    const { message } = await failureOf(
      () => deployToCloud(),
      ending(
        {
          ...{ ...FAILED, shown: [], aftermath: 'taken over' },
          conclusion:
            'Another deploy took over, so nothing was rolled back. Wait for it to finish.',
        },
        79,
        '',
        allWell,
      ),
    );
    expect(message).toContain(
      'Another deploy took over, so nothing was rolled back. Wait for it to finish.',
    );
  });

  test('what the program itself has against arguments is said by the names they have here', async () => {
    const says = 'rollback: 1 argument is missing or wrong.\n  - --namespace x: no. --namespaces\n';
    const { message } = await failureOf(
      () => todo().rollback(secret('kubeconfig')),
      ending(undefined, 78, says, allWell),
    );
    expect(message).toBe(
      'rollback: 1 argument is missing or wrong.\n  - --release-namespace x: no. --namespaces',
    );
  });

  test('a program that ends without a report says its last words', async () => {
    const { message } = await failureOf(
      () => deployToCloud(),
      ending(undefined, 137, 'out of memory', allWell),
    );
    expect(message).toBe('deploy ended without a report, exit code 137\nout of memory');
  });

  test('E11: a kubeconfig that calls oci is refused at once without its key', async () => {
    const view = KUBECONFIG_VIEW.replace('{"token":"REDACTED"}', '{"exec":{"command":"oci"}}');
    const { message, recording } = await failureOf(
      () => deployToCloud(),
      (pipeline, command) =>
        command.join(' ').startsWith('kubectl config view') ? view : allWell(pipeline, command),
    );
    expect(message).toMatch(/--oci-config is missing[\s\S]*--oci-key is missing/);
    expect(commandsOf(recording).some((command) => command.includes('deploy/src'))).toBe(false);
  });

  test('a login program that the kubeconfig names by a path is there in the container', async () => {
    const view = KUBECONFIG_VIEW.replace(
      '{"token":"REDACTED"}',
      '{"exec":{"command":"/home/ann/bin/oci"}}',
    );
    const { recording } = await record(
      () =>
        todo().rollback(
          secret('kubeconfig'),
          undefined,
          'todo',
          [],
          secret('oci-config'),
          secret('oci-key'),
        ),
      (pipeline, command) =>
        command.join(' ').startsWith('kubectl config view') ? view : allWell(pipeline, command),
    );
    expect(callsOf(recording, 'withNewFile').map((call) => call.args['path'])).toContain(
      '/home/ann/bin/oci',
    );
  });

  test('rollback runs deploy’s own program once and says what it says', async () => {
    const back = {
      ...DONE,
      steps: [step('rollback', true, 'todo-backend: rolling back to revision 3')],
    };
    const { result, recording } = await record(
      () => todo().rollback(secret('kubeconfig')),
      ending(back, 0, '', allWell),
    );
    expect(commandsOf(recording).filter((command) => command.includes('deploy/src'))).toHaveLength(
      1,
    );
    expect(result).toContain('todo-backend: rolling back to revision 3');
  });
});

describe('published', () => {
  test('gives the images of the commit, with their digests', async () => {
    const { result, recording } = await record(
      () => publishedInOcir(),
      (pipeline, command) =>
        pipeline.at(-1)?.field === 'exitCode' ? 0 : allWell(pipeline, command),
    );
    expect(JSON.parse(result)).toEqual(JSON.parse(LIST));
    expect(callsOf(recording, 'dockerBuild')).toEqual([]);
  });

  test('a refused login is not called an image that is missing', async () => {
    const { message } = await failureOf(
      () => publishedInOcir(),
      (pipeline, command) =>
        command[0] === 'digest' && pipeline.at(-1)?.field === 'stderr'
          ? 'unexpected status code 401 Unauthorized'
          : allWell(pipeline, command),
    );
    expect(message).toMatch(/^published failed: fra\.ocir\.io refused the login of ns\/alice/);
    expect(message).not.toMatch(/Publish the commit first/);
  });

  test('names what is not there', async () => {
    const { message } = await failureOf(() => publishedInOcir(), allWell);
    expect(message).toMatch(
      /^published failed: backend, notification, .*not found in fra\.ocir\.io\/ns\/todo\nPublish the commit first/,
    );
  });
});

describe('test-integration', () => {
  test('proves both variants in one cluster of its own, and stops it', async () => {
    const { result, recording } = await record(() => todo().testIntegration(), allWell);
    expect(result).toMatch(/^test-integration \d{14}-\w+: passed/);
    expect(result).toContain('kubernetes         v1.36.2+k3s1');
    expect(result).toContain('pubsub.kafka on Redpanda: passed');
    expect(result).toContain('pubsub.postgresql: passed');
    const deploys = commandsOf(recording).filter((command) => isDeploy([command]));
    expect(
      deploys.map((command) => /--env (\w+).*--namespace (\S+)/.exec(command)?.slice(1)),
    ).toEqual([
      ['local', 'todo-kafka'],
      ['cloud', 'todo-postgresql'],
    ]);
    expect(
      recording.pipelines.filter((pipeline) => pipeline.at(-1)?.field === 'stop'),
    ).toHaveLength(2);
    expect(
      callsOf(recording, 'asService').filter(
        (call) => call.args['insecureRootCapabilities'] === true,
      ),
    ).toHaveLength(1);
    expect(callsOf(recording, 'publish')).toEqual([]);
    // on cgroup v1 the kubelet of Kubernetes 1.35 and later must be told to start; a full disk must not end it
    const [server] = callsOf(recording, 'asService').filter(
      (call) => call.args['insecureRootCapabilities'] === true,
    );
    expect(server!.args['args']).toContain('--kubelet-arg=image-gc-high-threshold=100');
    const [start] = callsOf(recording, 'withNewFile').filter(
      (call) => call.args['path'] === '/usr/local/bin/start-cluster',
    );
    expect(start!.args['contents']).toMatch(
      /else\n {2}set -- "\$@" --kubelet-arg=fail-cgroupv1=false\nfi/,
    );
  });

  test('what needs no image is made ready while images build, and the report says what was waited for', async () => {
    const { result, recording } = await record(() => todo().testIntegration(), allWell);
    const commands = commandsOf(recording);
    const prepared = commands.filter((command) => command.includes('prepare-cluster.ts'));
    expect(prepared.map((text) => /--env (\w+) .*--namespace (\S+)/.exec(text)?.slice(1))).toEqual([
      ['local', 'todo-kafka'],
      ['cloud', 'todo-postgresql'],
    ]);
    // it waits for no image, and is no part of a deploy's container
    for (const pipeline of running(recording, 'node deploy/src/commands/prepare-cluster.ts'))
      expect(JSON.stringify(pipeline)).not.toContain('dockerBuild');
    // one install for the plan and the suite
    expect(commands.filter((command) => command.startsWith('npm ci'))).toEqual([
      'npm ci --no-progress',
    ]);
    expect(result).toMatch(/\npreparation: passed in /);
    for (const { name } of IMAGES) {
      expect(result).toMatch(new RegExp(`  image ${name}  from `));
      expect(result).toMatch(new RegExp(`  load ${name}  from `));
    }
    expect(result).toMatch(/\n {2}waited for: \S/);
    const files = { ...recording, pipelines: running(recording, 'sh -ec mkdir -p "/kept') };
    const json = callsOf(files, 'withNewFile').find((call) => call.args['path'] === 'report.json');
    expect(JSON.parse(String(json?.args['contents']))).toMatchObject({
      sections: [{ title: 'preparation' }, {}, {}],
      timeline: expect.arrayContaining([
        expect.objectContaining({ title: 'load web', after: ['image web', 'cluster'] }),
      ]) as unknown,
    });
  });

  test('preparing is a help, not a proof: where it fails, the deploy says why', async () => {
    const { result } = await record(
      () => todo().testIntegration(Variant.KAFKA),
      (pipeline, command) => {
        if (command.join(' ').includes('prepare-cluster.ts'))
          throw new ExecFailure([...command], 1, 'no chart');
        return allWell(pipeline, command);
      },
    );
    expect(result).toMatch(/^test-integration \S+: passed/);
  });

  test('both variants at once on request: the second deploy does not wait for the first suite', async () => {
    for (const sideBySide of [true, false]) {
      const order: string[] = [];
      const { result } = await record(
        () => todo().testIntegration(Variant.BOTH, undefined, false, sideBySide),
        (pipeline, command) => {
          const text = command.join(' ');
          if (isDeploy(command) && pipeline.at(-1)?.field === 'exitCode')
            order.push(`deploy ${/--namespace (\S+)/.exec(text)?.[1] ?? ''}`);
          if (command.includes('suite') && pipeline.at(-1)?.field === 'exitCode')
            order.push('suite');
          return allWell(pipeline, command);
        },
      );
      expect(result).toContain('pubsub.postgresql: passed');
      expect(order.indexOf('deploy todo-postgresql') < order.indexOf('suite')).toBe(sideBySide);
    }
  });

  test('k3s is quiet unless it fails: then the end of its log is shown and kept', async () => {
    const log = 'level=fatal msg="no cgroup"';
    const said: Answer = (pipeline, command) => {
      if (command[0] === 'tail' && pipeline.at(-1)?.field === 'stdout') return log;
      return allWell(pipeline, command);
    };
    const { message, recording } = await failureOf(
      () => todo().testIntegration(Variant.KAFKA),
      (pipeline, command) => {
        if (command.join(' ').includes('waited 180 s') && pipeline.at(-1)?.field === 'withExec')
          throw new ExecFailure([...command], 1, 'waited 180 s for the node');
        return said(pipeline, command);
      },
    );
    expect(message).toMatch(
      /^start the cluster failed[\s\S]*--- k3s, the end of its log\nlevel=fatal/,
    );
    const [start] = callsOf(recording, 'withNewFile').filter(
      (call) => call.args['path'] === '/usr/local/bin/start-cluster',
    );
    expect(start!.args['contents']).toMatch(/\nk3s "\$@" > \/var\/lib\/rancher\/k3s\.log 2>&1/);
    const failed = await failureOf(
      () => todo().testIntegration(Variant.KAFKA),
      ending(FAILED, 1, '', said),
    );
    const files = {
      ...failed.recording,
      pipelines: running(failed.recording, 'sh -ec mkdir -p "/kept'),
    };
    expect(callsOf(files, 'withNewFile')).toContainEqual(
      expect.objectContaining({
        args: expect.objectContaining({ path: 'k3s.log', contents: log }) as unknown,
      }),
    );
  });

  test('nobody waits for a disk to be emptied: a later run does it, beside its builds', async () => {
    const old = '20261129010203-abc123';
    const { recording } = await record(
      () => todo().testIntegration(Variant.KAFKA),
      (pipeline, command) =>
        command.join(' ').includes('-mmin +720') && pipeline.at(-1)?.field === 'stdout'
          ? `./${old}.done\n./${old}\n./../etc\n`
          : allWell(pipeline, command),
    );
    const emptied = running(recording, 'sh -c find /var/lib/rancher');
    expect(
      emptied.map((pipeline) =>
        callsOf({ ...recording, pipelines: [pipeline] }, 'cacheVolume').map(
          (call) => call.args['key'],
        ),
      ),
    ).toEqual([['todo-clusters', `todo-cluster-${old}`]]);
    // this run's own is noted when it begins and when it ends
    const notes = commandsOf(recording).filter((command) =>
      / note \/clusters\/\d{14}-/.test(command),
    );
    expect(notes).toHaveLength(2);
  });

  test('a failed deploy: its report is shown, and the files it left are kept', async () => {
    const { message, recording } = await failureOf(
      () => todo().testIntegration(Variant.KAFKA),
      ending(FAILED, 1, 'all that deploy said', allWell),
    );
    expect(message).toContain('Failed at: recurring-service (exit code 1)');
    const [kept] = running(recording, 'sh -ec mkdir -p "/kept');
    const files = { ...recording, pipelines: [kept!] };
    expect(callsOf(files, 'directory').map((call) => call.args['path'])).toContain('/out/failure');
    expect(callsOf(files, 'withNewFile').map((call) => call.args['path'])).toContain('deploy.txt');
    // the program itself collected them, before it rolled back
    expect(commandsOf(recording).some((command) => command.includes('collect.ts'))).toBe(false);
  });

  test('E09: two runs share no service and no command', async () => {
    const runs = [
      await record(() => todo().testIntegration(Variant.KAFKA), allWell),
      await record(() => todo().testIntegration(Variant.KAFKA), allWell),
    ];
    const marks = runs.map(({ recording }) =>
      callsOf(recording, 'withEnvVariable')
        .filter((call) => ['RUN', 'CALL'].includes(String(call.args['name'])))
        .map((call) => call.args['value']),
    );
    expect(marks[0]!.length).toBeGreaterThanOrEqual(5);
    expect(marks[0]!.filter((value) => marks[1]!.includes(value))).toEqual([]);
  });

  test('a failing suite fails the call with the report; the cluster is stopped all the same', async () => {
    const told = effectTimesText({ count: 50, p50: 34, p99: 812, longest: 812 });
    const failing: Answer = (pipeline, command) => {
      if (command.includes('suite') && pipeline.at(-1)?.field === 'exitCode') return 1;
      if (command.includes('suite') && pipeline.at(-1)?.field === 'combinedOutput')
        return `FAIL event-flow: order\n  ${told} (50 events)\n  component: healthy again after 812 ms`;
      return allWell(pipeline, command);
    };
    const { message, recording } = await failureOf(
      () => todo().testIntegration(Variant.POSTGRESQL),
      failing,
    );
    expect(message.split('\n')[0]).toBe('test-integration failed');
    expect(message).toContain('Failed at: the event-flow suite\nFAIL event-flow: order');
    // what the suite tells of latencies stands under the steps, with what comes of a suite that fails
    expect(message).toContain(`  ${told} (50 events)\n  component: healthy again after 812 ms\n`);
    expect(
      recording.pipelines.filter((pipeline) => pipeline.at(-1)?.field === 'stop'),
    ).toHaveLength(2);
    const [kept] = running(recording, 'sh -ec mkdir -p "/kept');
    const files = { ...recording, pipelines: [kept!] };
    const written = callsOf(files, 'withNewFile').map((call) => call.args['path']);
    expect(written).toEqual(expect.arrayContaining(['report.txt', 'suite.txt']));
    expect(callsOf(files, 'directory').map((call) => call.args['path'])).toEqual(
      expect.arrayContaining(['/tmp/results', '/tmp/state']),
    );
    const run = /^test-integration (\S+): FAILED/m.exec(message)?.[1];
    expect(message).toContain(`integration-results --run=${run ?? '?'} export`);
  });

  test('the suite may break things, as an operator too, in the namespace of its variant', async () => {
    const { recording } = await record(() => todo().testIntegration(Variant.KAFKA), allWell);
    const [suite] = running(recording, 'timeout --kill-after=10s 1500s bash');
    const variables: Record<string, unknown> = Object.fromEntries(
      suite!
        .filter((call) => call.field === 'withEnvVariable')
        .map((call): [string, unknown] => [String(call.args['name']), call.args['value']]),
    );
    expect(variables).toMatchObject({
      E2E_BASE_URL: 'http://localhost:3000',
      E2E_HOOKS: 'e2e/targets/kubernetes.ts',
      E2E_NAMESPACE: 'todo-kafka',
      E2E_OPERATOR_EMAIL: 'operator@example.com',
    });
    expect(existsSync(join(import.meta.dirname, '../../e2e/targets/kubernetes.ts'))).toBe(true);
    const [deploy] = commandsOf(recording).filter((command) => isDeploy([command]));
    expect(deploy).toContain('--values todo-frontend=/run/values/todo-frontend.json');
  });

  test('no cache volume is shared between runs, or held for a run’s length', async () => {
    const { recording } = await record(() => todo().testIntegration(Variant.KAFKA), allWell);
    const keys = callsOf(recording, 'cacheVolume').map((call) => String(call.args['key']));
    expect(keys.filter((key) => /^todo-cluster-\d{14}-/.test(key))).toHaveLength(1);
    // 0.21 serves PRIVATE as LOCKED: one command at a time, and a service holds it as long as it runs
    const sharing = callsOf(recording, 'withMountedCache').map((call) => call.args['sharing']);
    expect(sharing.filter((mode) => mode !== undefined && mode !== 'SHARED')).toEqual([]);
  });

  test('the files of a past run are read anew at each call', async () => {
    const read = () => record(async () => (await todo().integrationResults('x')).id(), allWell);
    const calls = [await read(), await read()].map(
      ({ recording }) =>
        callsOf(recording, 'withEnvVariable').find((call) => call.args['name'] === 'CALL')?.args[
          'value'
        ],
    );
    expect(calls[0]).not.toBe(calls[1]);
  });

  test.each([['1.36'], ['latest'], ['v1.36.2'], ['v1.36.2-k3s1; rm'], ['']])(
    'a version %j that k3s can’t have is refused before anything is built',
    async (version) => {
      const { message, recording } = await failureOf(
        () => todo().testIntegration(Variant.KAFKA, version),
        allWell,
      );
      expect(message).toContain(`--k-version: "${version}" is not a k3s version`);
      expect(recording.pipelines).toEqual([]);
    },
  );

  test('a Kubernetes version may be written as a cluster says it', async () => {
    const { recording } = await record(
      () => todo().testIntegration(Variant.KAFKA, 'v1.35.9+k3s1'),
      allWell,
    );
    expect(callsOf(recording, 'from').map((call) => call.args['address'])).toContain(
      'rancher/k3s:v1.35.9-k3s1',
    );
  });

  test('a Kubernetes version is the caller’s', async () => {
    const { recording } = await record(
      () => todo().testIntegration(Variant.KAFKA, 'v1.35.9-k3s1'),
      allWell,
    );
    expect(callsOf(recording, 'from').map((call) => call.args['address'])).toContain(
      'rancher/k3s:v1.35.9-k3s1',
    );
  });
});

describe('the other functions', () => {
  test('up gives the system as a service on its port', async () => {
    const { recording } = await record(() => todo().up().id());
    expect(callsOf(recording, 'withExposedPort')).toEqual([
      expect.objectContaining({ args: expect.objectContaining({ port: 4300 }) as unknown }),
    ]);
    // what is built before the service starts is kept, and does not count against the engine's patience with it
    expect(commandsOf(recording)).toContain('npm run up -- --build-only');
  });

  test('sbom gives one file an image, with what is inside the bundle', async () => {
    const { recording } = await record(
      async () => (await todo().sbom(['backend', 'web'])).id(),
      allWell,
    );
    const scans = commandsOf(recording).filter((command) => command.includes('spdx-json'));
    expect(scans).toHaveLength(2);
    expect(scans[0]).toContain('--select-catalogers +sbom-cataloger');
  });

  test('scan takes severities in any case, and refuses what is none before it builds', async () => {
    const { recording } = await record(() => todo().scan(['audit'], 'high, critical'), allWell);
    expect(commandsOf(recording).join('\n')).toContain('--severity HIGH,CRITICAL ');
    const failed = await failureOf(() => todo().scan(['audit'], 'HIGH,SEVERE,'), allWell);
    expect(failed.message).toMatch(/2 arguments[\s\S]*--severity: "SEVERE" is none of/);
    expect(callsOf(failed.recording, 'dockerBuild')).toEqual([]);
  });

  test('scan fails naming the image and what was found', async () => {
    const { message } = await failureOf(
      () => todo().scan(['audit']),
      (pipeline, command) => {
        if (command[0] === 'image' && pipeline.at(-1)?.field === 'stdout')
          throw new ExecFailure([...command], 1, 'CVE-2026-1 HIGH fixed in 2.0');
        return allWell(pipeline, command);
      },
    );
    expect(message).toMatch(/^scan audit failed: exit code 1[\s\S]*CVE-2026-1/);
  });

  test('release proves, publishes and deploys, in that order', async () => {
    const { result, recording } = await record(
      () =>
        todo().release(
          Registry.OCIR,
          undefined,
          OCIR.region,
          OCIR.namespace,
          OCIR.username,
          secret('token'),
          'todo',
          [],
          secret('key'),
          secret('password'),
          undefined,
          false,
          secret('kubeconfig'),
          undefined,
          'https://todo.example',
          'todo',
          false,
          [],
          secret('database-url'),
          undefined,
          secret('better-auth-secret'),
          secret('app-api-token'),
          secret('dapr-api-token'),
          secret('smtp-url'),
          undefined,
          undefined,
          undefined,
          undefined,
          undefined,
          undefined,
          undefined,
          repository(),
        ),
      allWell,
    );
    expect(result).toMatch(/test-integration [\s\S]*"backend": "fra[\s\S]*deploy to cloud/);
    const [deployed] = running(recording, 'node deploy/src/commands/deploy.ts').filter((pipeline) =>
      JSON.stringify(pipeline).includes('BETTER_AUTH_SECRET_FILE'),
    );
    expect(JSON.stringify(deployed)).toMatch(
      /APP_API_TOKEN_FILE.*DAPR_API_TOKEN_FILE.*SMTP_URL_FILE/,
    );
    expectNoLeak(recording, result);
  });

  test('release says what is missing before the long part begins', async () => {
    const release = () => {
      const nothing: readonly undefined[] = Array<undefined>(30).fill(undefined);
      const rest = [...nothing, repository()] as unknown as TailOf<Parameters<Todo['release']>>;
      return todo().release(Registry.GHCR, ...rest);
    };
    const { message, recording } = await failureOf(release, allWell);
    expect(message).toMatch(/^release: 6 arguments are missing or wrong\./);
    for (const flag of [
      ...['--namespace', '--username', '--token'],
      ...['--signing-key', '--kubeconfig', '--public-url'],
    ])
      expect(message).toContain(flag);
    expect(callsOf(recording, 'dockerBuild')).toEqual([]);
  });
});

test('a wrong field or argument fails: the schema is really looked at', async () => {
  const raw = (query: string) => record(() => dag.getGQLClient().request<unknown>(query));
  await expect(raw('{ container { fromm(address: "x") { id } } }')).rejects.toThrow(
    /Cannot query field "fromm"/,
  );
  await expect(raw('{ container { from(adress: "x") { id } } }')).rejects.toThrow(
    /Unknown argument "adress"/,
  );
  await expect(raw('{ container { from { id } } }')).rejects.toThrow(
    /argument "address" of type .* is required/,
  );
  await expect(
    raw('{ container { withExec(args: ["x"], expect: SOMETIMES) { id } } }'),
  ).rejects.toThrow(/SOMETIMES/);
});

test('the generated client of an engine exports what the sources import: decorators, dag, and types', () => {
  const decorators = ['argument', 'check', 'func', 'object'];
  const client = readFileSync(
    join(import.meta.dirname, '../../node_modules/@dagger.io/dagger/dist/src/api/client.gen.d.ts'),
    'utf8',
  );
  const folder = join(import.meta.dirname, '../src');
  for (const file of readdirSync(folder)) {
    const text = readFileSync(join(folder, file), 'utf8');
    for (const [, names = ''] of text.matchAll(
      /import (?:type )?\{([^}]*)\} from '@dagger\.io\/dagger'/g,
    )) {
      for (const name of names
        .split(',')
        .map((part) => part.trim().replace(/^type /, ''))
        .filter(Boolean)) {
        const exported =
          decorators.includes(name) ||
          new RegExp(
            `export declare (?:class|enum|const|type) ${name}\\b|export type ${name}\\b`,
          ).test(client);
        expect(exported, `${file} imports ${name}`).toBe(true);
      }
    }
  }
});
