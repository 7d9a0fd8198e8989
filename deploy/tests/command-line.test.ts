// The command lines as somebody calls them, with kubectl and helm of the test: what is wrong is said in a line and nothing is
// begun; which cluster it goes to; and no secret comes back in any output, report or file, in any form.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PlanReport } from '../src/run/report.ts';
import { fakeCluster, kubeconfig } from './fake-cluster.ts';
import type { FakeCluster } from './fake-cluster.ts';

let cluster: FakeCluster;
beforeEach(() => {
  cluster = fakeCluster();
});
afterEach(() => {
  cluster.remove();
});

const DEPLOY = ['deploy/src/commands/deploy.ts', '--env=local', '--images=r.example/todo:1'];
const file = (name: string, text: string) => {
  const path = join(cluster.folder, name);
  writeFileSync(path, text);
  return path;
};
/** What only reads: nothing else may be called before everything is right. */
const begun = () => cluster.calls().filter((call) => !call.startsWith('kubectl config view'));

describe('N52: which cluster', () => {
  const refused = async (
    args: string[],
    environment: NodeJS.ProcessEnv,
    message: string | RegExp,
  ) => {
    const { code, output } = await cluster.run([...DEPLOY, ...args], environment);
    expect(output).toMatch(message);
    expect(output).toMatch(
      /^deploy: 1 argument is missing or wrong\. Nothing was done\.\n {2}- .*\n$/,
    );
    expect(code).toBe(78);
    expect(begun()).toEqual([]);
  };

  test('--kubeconfig of a file that is not there', () =>
    refused(['--kubeconfig=/no/such'], {}, '--kubeconfig /no/such: no such file'));
  test('--kubeconfig is one file', async () => {
    const [a, b] = [file('a', kubeconfig('a')), file('b', kubeconfig('b'))];
    await refused(
      [`--kubeconfig=${a}:${b}`],
      {},
      'no such file; --kubeconfig takes one file, use KUBECONFIG for a list',
    );
  });
  test('--kubeconfig of a folder', () =>
    refused([`--kubeconfig=${cluster.folder}`], {}, 'a folder, not a file'));
  test('--kubeconfig= without a file', () => refused(['--kubeconfig='], {}, 'no file is named'));
  test('--context that is not there, with those that are', async () => {
    const path = file('a', kubeconfig('here', 'there'));
    await refused(
      [`--kubeconfig=${path}`, '--context=prod'],
      {},
      '--context prod: no such context in --kubeconfig',
    );
    expect(
      (await cluster.run([...DEPLOY, `--kubeconfig=${path}`, '--context=prod'])).output,
    ).toContain('there are: here, there');
  });
  test('a kubeconfig without a current context', async () => {
    await refused(
      [],
      { KUBECONFIG: file('none', kubeconfig()) },
      'no current context. Give --context',
    );
  });
  test('a current context that is not in it', async () => {
    const text = kubeconfig('a').replace('"current-context":"a"', '"current-context":"gone"');
    await refused(
      [],
      { KUBECONFIG: file('gone', text) },
      'its current context gone does not exist',
    );
  });
  test('KUBECONFIG of files that are not there', () =>
    refused(
      [],
      { KUBECONFIG: '/no/a:/no/b' },
      'KUBECONFIG /no/a:/no/b: none of these files is there',
    ));
  test('no kubeconfig at all', () =>
    refused([], {}, '--kubeconfig is missing, and neither KUBECONFIG'));
  test('a kubeconfig that kubectl can’t read', async () => {
    cluster.remove();
    cluster = fakeCluster(
      `() => ({ stderr: 'error: error loading config file: yaml: line 2: bad', exitCode: 1 })`,
    );
    await refused(
      [],
      { KUBECONFIG: file('bad', 'x') },
      'kubectl cannot read it: error loading config file',
    );
  });
  test('no kubectl', async () => {
    const path = file('a', kubeconfig('a'));
    await refused(
      [],
      { KUBECONFIG: path, PATH: '/nowhere' },
      'cannot run kubectl: install kubectl',
    );
  });

  test('what else is wrong is said in the same breath', async () => {
    const { code, output } = await cluster.run([
      ...[
        'deploy/src/commands/deploy.ts',
        '--env=prod',
        '--images=r.example/Todo:1',
        '--kubeconfig=/no/such',
      ],
      ...['--timeout=soon'],
    ]);
    expect(code).toBe(78);
    expect(output).toMatch(
      /4 arguments[\s\S]*--kubeconfig[\s\S]*--env[\s\S]*--images[\s\S]*--timeout/,
    );
  });
  test.each([
    [
      ['deploy/src/commands/rollback.ts', '--chart=backend', '--namespace=No'],
      /--chart backend[\s\S]*--namespace No/,
    ],
    [
      ['deploy/src/commands/undeploy.ts', '--namespace=No', '--lock-wait=0'],
      /--namespace No[\s\S]*--lock-wait 0/,
    ],
    [['deploy/src/commands/deploy.ts', '--kubconfig=x'], /unknown option '--kubconfig=x'/],
    [['deploy/src/commands/deploy.ts', 'extra'], /too many arguments/],
  ])('%j', async (args, message) => {
    const path = file('a', kubeconfig('a'));
    const { code, output } = await cluster.run(args, { KUBECONFIG: path });
    expect(output).toMatch(message);
    expect(output).not.toMatch(/^ {4}at /m);
    expect(code).toBe(78);
    expect(begun()).toEqual([]);
  });

  test('KUBECONFIG is a list as kubectl reads it: the context may be in its second file', async () => {
    const answers = `(text) => text.startsWith('helm version')
      ? { stderr: require('node:fs').readFileSync(process.env.KUBECONFIG, 'utf8'), exitCode: 1 } : undefined`;
    cluster.remove();
    cluster = fakeCluster(answers);
    const list = `${file('a', kubeconfig('a'))}:/no/such:${file('b', kubeconfig('b'))}`;
    const { code, output } = await cluster.run([...DEPLOY, '--context=b'], {
      KUBECONFIG: list,
      HELM_KUBECONTEXT: 'a',
    });
    expect(code).toBe(1);
    // one context, whatever else is in the list, and no token of it in the output
    expect(output).toContain('"current-context":"b"');
    expect(output).toMatch(/"contexts":\[\{"name":"b"[^\]]*\]/);
    expect(output).not.toContain('token-of-b');
  });

  test('helm gets no settings that kubectl does not know', async () => {
    cluster.remove();
    cluster = fakeCluster(
      `(text) => text.startsWith('helm') ? { stderr: JSON.stringify(Object.keys(process.env)), exitCode: 1 } : undefined`,
    );
    const { output } = await cluster.run(DEPLOY, {
      ...{ KUBECONFIG: file('a', kubeconfig('a')), HELM_KUBECONTEXT: 'b' },
      ...{ HELM_KUBEAPISERVER: 'https://other', HELM_CACHE_HOME: '/tmp/x' },
    });
    expect(output).toContain('HELM_CACHE_HOME');
    expect(output).not.toMatch(/HELM_KUBE/);
  });

  test('a rollback in a namespace that is not there says so, and where a release is', async () => {
    cluster.remove();
    cluster = fakeCluster(`(text) => {
      if (text.startsWith('helm history')) return { stderr: 'Error: release: not found', exitCode: 1 };
      if (text.startsWith('kubectl get namespace')) return { stderr: 'Error from server (NotFound): namespaces "nowhere" not found', exitCode: 1 };
      if (text.startsWith('kubectl get leases')) return { stdout: JSON.stringify({ items: [
        { metadata: { name: 'todo-release', namespace: 'team' } }, { metadata: { name: 'other', namespace: 'x' } } ] }) };
      return undefined;
    }`);
    const { code, output } = await cluster.run(
      ['deploy/src/commands/rollback.ts', '--namespace=nowhere'],
      { KUBECONFIG: file('a', kubeconfig('a')) },
    );
    expect(output).toContain(
      'there is no namespace nowhere in this cluster; this system was deployed in team\n',
    );
    expect(output).toContain('No running service was changed.');
    expect(code).toBe(1);
  });

  test('a dry run needs no cluster', async () => {
    const { code, output } = await cluster.run([...DEPLOY, '--dry-run'], { PATH: '/nowhere' });
    expect(code).toBe(0);
    expect(output).toContain('Nothing was changed.');
  });
});

describe('a failure that repeats secrets', () => {
  const SECRETS = {
    DATABASE_URL: 'postgres://todo:c4n%27ary%26one@db.example/todo',
    BETTER_AUTH_SECRET: 'c4n"ary\\two <2> & two',
    CHAT_API_KEY: 'c4nary/three+3==',
  };
  const MAIL = "smtp://todo:c4nary$four'4@mail.example:587";
  const KEPT = 'c4nary-five-kept-in-the-cluster';
  const PEM =
    '-----BEGIN PRIVATE KEY-----\nc4nary+six/6abcdefgh\nc4nary+seven7ijklmn\n-----END PRIVATE KEY-----\n';
  const values = [
    ...Object.values(SECRETS),
    ...["c4n'ary&one", MAIL, "c4nary$four'4", KEPT, 'token-of-here', PEM],
    ...['c4nary+six/6abcdefgh', 'c4nary+seven7ijklmn'],
  ];
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  /** Written here by hand, not by the code under test. */
  const forms = values.flatMap((value) => [
    value.trim(),
    encodeURIComponent(value.trim()),
    JSON.stringify(value.trim()).slice(1, -1),
    base64(value),
    base64(`user:${value}`),
    base64(`somebody@example.com:${value}`),
    Buffer.from(value).toString('base64url'),
    value.trim().replaceAll("'", `'\\''`),
    value.trim().replaceAll(/[\\"$`]/g, '\\$&'),
  ]);

  /** A cluster in which the rollback of todo-backend fails, and everything that says something says the secrets. */
  const answers = `(text) => {
    const said = ${JSON.stringify(forms.join('\n'))};
    const json = (value) => ({ stdout: JSON.stringify(value) });
    if (text.startsWith('helm history todo-backend')) return json([
      { revision: 1, status: 'superseded', updated: '2026-11-25T10:00:00Z', description: 'Install complete' },
      { revision: 2, status: 'deployed', updated: '2026-11-25T11:00:00Z', description: 'Upgrade complete' },
    ]);
    if (text.startsWith('helm history')) return { stderr: 'Error: release: not found', exitCode: 1 };
    if (text.startsWith('helm rollback')) return { stdout: said, stderr: said, exitCode: 1 };
    if (text.startsWith('kubectl get secret todo-secrets')) return json({ data: {
      'chat-api-key': ${JSON.stringify(base64(KEPT))}, 'vapid-private-key': ${JSON.stringify(base64(PEM))} } });
    if (text.includes('get pods') && text.includes('selector')) return json({ items: [{
      metadata: { name: 'backend-1', creationTimestamp: '2026-11-25T10:00:00Z' }, spec: { containers: [] },
      status: { phase: 'Running', containerStatuses: [{ name: 'app', image: 'r/x:1', ready: false, restartCount: 0,
        state: { waiting: { reason: 'CrashLoopBackOff', message: said.split('\\n')[0] } } }] } }] });
    if (text.includes('--output name')) return { stdout: 'pod/backend-1\\n' };
    if (/kubectl (logs|describe)|get (events|all).*(sort|yaml)|-o wide/.test(text)) return { stdout: 'Error ' + 'x'.repeat(380) + ' ' + said };
    if (text.startsWith('kubectl get events')) return json({ items: [{ type: 'Warning', reason: 'Failed', message: said, involvedObject: { kind: 'Pod', name: 'backend-1' } }] });
    if (text.startsWith('kubectl get replicasets')) return json({ items: [] });
    if (text.startsWith('kubectl get')) return { stderr: 'Error from server (NotFound): x "y" not found', exitCode: 1 };
    return undefined;
  }`;

  test('shows them in no line, no report and no file', { timeout: 90_000 }, async () => {
    cluster.remove();
    cluster = fakeCluster(answers);
    const report = join(cluster.folder, 'report.json');
    const folder = join(cluster.folder, 'failure');
    mkdirSync(folder);
    const { code, output } = await cluster.run(
      ['deploy/src/commands/rollback.ts', `--report=${report}`, `--failure-folder=${folder}`],
      {
        ...SECRETS,
        SMTP_URL_FILE: file('mail', `${MAIL}\n`),
        KUBECONFIG: file('kubeconfig', kubeconfig('here')),
      },
    );
    expect(output).toContain('FAILED: Roll back to the previous version');
    expect(code).toBe(1);
    const kept = JSON.parse(readFileSync(report, 'utf8')) as PlanReport;
    expect(kept).toMatchObject({ format: 1, ok: false, aftermath: 'as it is' });
    const files = readdirSync(folder, { recursive: true })
      .map((name) => join(folder, String(name)))
      .filter((path) => statSync(path).isFile());
    expect(files.map((path) => path.slice(folder.length + 1)).sort()).toEqual([
      'dapr-pods.txt',
      'diagnosis.txt',
      'events.txt',
      'logs/backend-1-previous-false.txt',
      'logs/backend-1-previous-true.txt',
      'manifests.yaml',
      'pods.txt',
    ]);
    const texts = [
      output,
      readFileSync(report, 'utf8'),
      ...files.map((path) => readFileSync(path, 'utf8')),
    ];
    for (const text of texts) {
      expect(text).toContain('***');
      expect(forms.filter((form) => text.includes(form))).toEqual([]);
      // a piece of any: the canaries have these letters in common
      expect(text).not.toMatch(/c4n/);
    }
  });
});
