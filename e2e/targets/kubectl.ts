// kubectl as the tests use it: commands, ways to a pod's ports, and the processes of a container on this machine.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Runs kubectl without holding up what else goes on. @throws with its last words */
export async function kubectl(args: readonly string[], stdin = ''): Promise<string> {
  return await new Promise((resolve, reject) => {
    const child = execFile(
      'kubectl',
      args,
      { maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error) reject(new Error(`kubectl ${args.join(' ')}: ${stderr.trim()}`));
        else resolve(stdout);
      },
    );
    child.stdin?.end(stdin);
  });
}

/** The processes of a container on this machine; none if it runs on another. */
export function processesOf(containerId: string): number[] {
  const id = containerId.replace(/^.*:\/\//, '');
  if (id === '') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/cgroup`, 'utf8').includes(id);
      } catch {
        return false; // it ended in the meantime
      }
    })
    .map(Number);
}

/** An open way to a port of a pod. */
export interface Forward {
  readonly address: string;
  readonly close: () => void;
}

/** A way from this machine to a port of a pod, also to one that listens on the pod's localhost only. */
export async function forward(namespace: string, pod: string, port: number): Promise<Forward> {
  const child: ChildProcess = spawn(
    'kubectl',
    ['port-forward', '-n', namespace, `pod/${pod}`, `:${port}`],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const close = (): void => {
    child.kill();
  };
  process.once('exit', close);
  child.once('exit', () => process.off('exit', close));
  return await new Promise((resolve, reject) => {
    let said = '';
    const read = (chunk: Buffer): void => {
      said += chunk.toString();
      const local = /Forwarding from 127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (local !== undefined) resolve({ address: `http://127.0.0.1:${local}`, close });
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', () => {
      reject(new Error(`kubectl port-forward ${pod} ${port}: ${said.trim()}`));
    });
  });
}
