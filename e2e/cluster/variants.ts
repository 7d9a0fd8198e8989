// The releases under test, as whoever made them wrote them down (.ci/cluster does): CLUSTER_VARIANTS names the file.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { apiOf, type Api } from '../suite/api.ts';
import { tokenBySignUp } from '../targets/target.ts';
import { kubectl } from '../targets/kubectl.ts';
import { releaseIn, type Release } from '../targets/release.ts';

export const ROOT = resolve(import.meta.dirname, '../..');

const schema = z.object({
  /** prefix:tag of the images that run. */
  images: z.string(),
  /** prefix:tag of the same images under another tag: a new version to roll out. */
  nextImages: z.string(),
  variants: z.array(
    z.object({
      env: z.enum(['local', 'cloud']),
      namespace: z.string(),
      databaseNamespace: z.string(),
      baseUrl: z.url(),
      /** Arguments of `npm run deploy` but `--images`. */
      deploy: z.array(z.string()),
    }),
  ),
});
type Given = z.infer<typeof schema>;

/** One of the two environments, deployed. */
export type Variant = Given['variants'][number];

/** @throws when CLUSTER_VARIANTS names no such file */
export function underTest(): Given {
  const path = process.env['CLUSTER_VARIANTS'];
  if (!path) throw new Error('CLUSTER_VARIANTS is not set: .ci/cluster makes the releases');
  return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
}

/** The release of a variant, to look at and to break. */
export function releaseOf(variant: Variant): Release {
  return releaseIn(variant.namespace, variant.databaseNamespace);
}

/** The API of a variant for a new account. */
export async function someone(variant: Variant): Promise<Api> {
  const token = await tokenBySignUp(variant.baseUrl, 'user', process.env);
  if (token === undefined) throw new Error('no token for a user');
  return apiOf(variant.baseUrl, token);
}

/** The API of a variant for its operator. */
export async function operatorOf(variant: Variant): Promise<Api> {
  const token = await tokenBySignUp(variant.baseUrl, 'operator', process.env);
  if (token === undefined) throw new Error('E2E_OPERATOR_EMAIL is not set');
  return apiOf(variant.baseUrl, token);
}

/** A file of `images` with other references for some of them; its path, as `--images` takes it. */
export function imagesWith(changes: Record<string, string>): string {
  const [prefix = '', tag = ''] = underTest().images.split(/:(?=[^:/]*$)/);
  const names = ['backend', 'notification', 'recurring', 'audit', 'pubsub-postgresql', 'web'];
  const path = join(tmpdir(), `images-${process.pid}-${Object.keys(changes).join('-')}.json`);
  const all = Object.fromEntries(names.map((name) => [name, `${prefix}/${name}:${tag}`]));
  writeFileSync(path, JSON.stringify({ ...all, ...changes }));
  return path;
}

/** How a deploy ended. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly seconds: number;
}

/** A deploy that runs. */
export interface Deploying {
  readonly process: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<Ended>;
}

/** Starts `npm run deploy` for a variant, without npm between: signals reach it. */
export function startDeploy(
  variant: Variant,
  images: string,
  more: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Deploying {
  return startProgram(
    ['deploy/src/commands/deploy.ts', ...variant.deploy, `--images=${images}`, ...more],
    env,
  );
}

/** Starts a program of the repository with this Node. */
export function startProgram(args: readonly string[], env: NodeJS.ProcessEnv = {}): Deploying {
  const since = Date.now();
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const read = (chunk: Buffer): void => {
    said += chunk.toString();
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  return {
    process: child,
    output: () => said,
    ended: new Promise((done) => {
      child.once('close', (code) => {
        done({ code, output: said, seconds: (Date.now() - since) / 1000 });
      });
    }),
  };
}

/** A helm command's standard output. @throws when it fails */
export async function helm(...args: string[]): Promise<string> {
  return (await promisify(execFile)('helm', args, { maxBuffer: 16 * 1024 * 1024 })).stdout;
}

/** The helm releases of a variant: revision and status by name. */
export async function revisions({ namespace }: Variant): Promise<Record<string, string>> {
  const rows = JSON.parse(await helm('list', '-n', namespace, '-o', 'json')) as {
    name: string;
    revision: string;
    status: string;
  }[];
  return Object.fromEntries(
    rows.map(({ name, revision, status }) => [name, `${revision} ${status}`]),
  );
}

/** The images of a variant's services as they run, sorted. */
export async function runningImages({ namespace }: Variant): Promise<string[]> {
  const path = '{range .items[*]}{.spec.template.spec.containers[0].image}{"\\n"}{end}';
  const text = await kubectl(['get', 'deploy', '-n', namespace, '-o', `jsonpath=${path}`]);
  return text.trim().split('\n').sort();
}

/** Whether a variant runs the next images, not `images`: the suite `rollout` goes from one to the other. */
export async function runsNext(variant: Variant): Promise<boolean> {
  const next = tagOf(underTest().nextImages);
  return (await runningImages(variant)).some((image) => tagOf(image) === next);
}

/** The tag of an image, or of a set of images. */
export function tagOf(image: string): string {
  return image.slice(image.lastIndexOf(':') + 1);
}
