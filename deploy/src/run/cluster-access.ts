// Which cluster a deploy goes to: decided once, before anything begins, and written into a kubeconfig of its own. So helm and
// kubectl, which name and read these settings differently, go to the same one, and somebody who switches the context in
// another terminal meanwhile moves nothing.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import type { Problems } from '../plan/arguments.ts';
import { whyUnreadable } from '../plan/options.ts';

/** What of a command line says where a plan runs. */
export interface Where {
  /** One file. */
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
}

interface KubeconfigView {
  readonly 'current-context'?: string;
  readonly contexts?: readonly { readonly name: string }[] | null;
}

/**
 * Decides on the cluster.
 * @param environment where KUBECONFIG may stand, as a list of files the way kubectl reads it
 * @param folder where the kubeconfig for this run is written, readable for its owner only
 * @param problems is given what is wrong, by the name of the argument or variable
 * @returns the kubeconfig's path; undefined with problems, or inside a pod that has a service account instead
 */
export function pinCluster(
  where: Where,
  environment: NodeJS.ProcessEnv,
  folder: string,
  problems: Problems,
): string | undefined {
  const refuse = (problem: string): undefined => {
    problems.add(problem);
    return undefined;
  };
  const source = sourceOf(where, environment, refuse);
  if (source === undefined) return undefined;
  const env = { ...environment, KUBECONFIG: source.path };
  const view = (...more: string[]) =>
    spawnSync('kubectl', ['config', 'view', '--output', 'json', ...more], {
      env,
      encoding: 'utf8',
      maxBuffer: 16 * 1024 * 1024,
    });
  const all = view();
  if (all.error !== undefined) {
    refuse('cannot run kubectl: install kubectl and helm, and add both to PATH');
    return;
  }
  if (all.status !== 0) {
    refuse(`${source.name}: kubectl cannot read it: ${lastWords(all.stderr)}`);
    return;
  }
  const config = JSON.parse(all.stdout) as KubeconfigView;
  const names = (config.contexts ?? []).map(({ name }) => name);
  const known = names.length === 0 ? 'there is none' : `there are: ${names.join(', ')}`;
  const context = where.context ?? config['current-context'] ?? '';
  if (where.context !== undefined && !names.includes(context)) {
    refuse(`--context ${context}: no such context in ${source.name}; ${known}`);
    return;
  }
  if (!names.includes(context)) {
    refuse(
      context === ''
        ? `${source.name}: no current context. Give --context; ${known}`
        : `${source.name}: its current context ${context} does not exist. Give --context; ${known}`,
    );
    return;
  }
  const own = view('--raw', '--minify', '--flatten', '--context', context);
  if (own.status !== 0) {
    refuse(`${source.name}: cannot use context ${context}: ${lastWords(own.stderr)}`);
    return;
  }
  const path = join(folder, 'kubeconfig');
  writeFileSync(path, own.stdout, { mode: 0o600 });
  return path;
}

/** The kubeconfig as KUBECONFIG takes it, and its name for people. */
function sourceOf(
  where: Where,
  environment: NodeJS.ProcessEnv,
  refuse: (problem: string) => undefined,
): { path: string; name: string } | undefined {
  if (where.kubeconfig !== undefined) {
    const path = resolve(where.kubeconfig);
    const name = `--kubeconfig ${where.kubeconfig}`;
    const reason = where.kubeconfig === '' ? 'no file is named' : whyUnreadable(path);
    if (reason === undefined) return { path, name };
    const list = where.kubeconfig.includes(delimiter) && reason === 'no such file';
    refuse(
      `${name}: ${reason}${list ? '; --kubeconfig takes one file, use KUBECONFIG for a list' : ''}`,
    );
    return;
  }
  const listed = environment['KUBECONFIG'] ?? '';
  if (listed !== '') {
    // as kubectl does: a file of a list that is not there is left out
    const files = listed.split(delimiter).filter((file) => file !== '');
    const there = files.filter((file) => existsSync(file) && !statSync(file).isDirectory());
    if (there.length > 0) return { path: listed, name: `KUBECONFIG ${listed}` };
    refuse(
      `KUBECONFIG ${listed}: ${files.length === 1 ? 'no such file' : 'none of these files is there'}`,
    );
    return;
  }
  const usual = join(environment['HOME'] ?? homedir(), '.kube', 'config');
  if (existsSync(usual)) return { path: usual, name: usual };
  if (environment['KUBERNETES_SERVICE_HOST'] !== undefined) return undefined;
  refuse(
    `--kubeconfig is missing, and neither KUBECONFIG nor ${usual} exists: give the cluster's kubeconfig`,
  );
}

function lastWords(text: string): string {
  return (text.trim().split('\n').at(-1) ?? '').replace(/^error:\s*/i, '');
}
