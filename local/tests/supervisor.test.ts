// A supervised process: watched, started again, ended with all it started, and found again after its runner was killed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listenerOn, requireFreePorts } from '../src/ports.ts';
import { identify, isRunning } from '../src/process-identity.ts';
import { endLeftovers } from '../src/leftovers.ts';
import { supervise, type Part, type PartEvent } from '../src/supervisor.ts';

let folder: string;
let parts: Part[] = [];
let events: PartEvent[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'todo-supervisor-'));
  parts = [];
  events = [];
});
afterEach(async () => {
  await Promise.all(parts.map((part) => part.stop(true)));
  rmSync(folder, { recursive: true, force: true });
});

const folders = (): { logs: string; records: string } => ({
  logs: join(folder, 'logs'),
  records: join(folder, 'run'),
});

/** Supervises a Node program that makes the file `ready` when it is. */
function start(name: string, program: string): Part {
  const part = supervise(
    {
      name,
      command: process.execPath,
      args: [
        '-e',
        `const fs = require('node:fs'); const ready = ${JSON.stringify(join(folder, 'ready'))}; ${program}`,
      ],
      health: () => Promise.resolve(existsSync(join(folder, 'ready')) ? undefined : 'not ready'),
      stopGraceMs: 300,
    },
    folders(),
    (event) => events.push(event),
  );
  parts.push(part);
  return part;
}

const STAYS = "fs.writeFileSync(ready, ''); setInterval(() => 0, 1000);";

describe('supervise', () => {
  test('restart ends the process as stop does and starts it again without a wait', async () => {
    const part = start(
      'restarted',
      `process.on('SIGTERM', () => { fs.writeFileSync(ready + '-asked', ''); process.exit(0); }); ${STAYS}`,
    );
    await part.started;
    const first = part.pid();
    await part.restart();
    await expect.poll(() => part.pid()).toSatisfy((pid) => pid !== undefined && pid !== first);
    expect(existsSync(join(folder, 'ready-asked'))).toBe(true);
    await expect.poll(() => events).toContainEqual(expect.objectContaining({ again: true }));
    expect(events.filter(({ kind }) => kind === 'ended')).toEqual([]);
  });

  test('restart does not wait for the next try of a process that keeps ending', async () => {
    const part = start('broken', `if (fs.existsSync(ready + '-broken')) process.exit(1); ${STAYS}`);
    await part.started;
    writeFileSync(join(folder, 'ready-broken'), '');
    part.kill('SIGKILL');
    const waits = (): number => events.filter(({ kind }) => kind === 'ended').length;
    await expect.poll(waits).toBeGreaterThan(4); // the next try is 4 s away
    rmSync(join(folder, 'ready-broken'));
    const begun = performance.now();
    await part.restart();
    await expect.poll(() => part.pid(), { interval: 10 }).toBeDefined();
    expect(performance.now() - begun).toBeLessThan(3_000);
  });

  test('starts a killed process again', async () => {
    const part = start('stays', STAYS);
    await part.started;
    const first = part.pid()!;
    expect(part.kill('SIGKILL')).toBe(true);
    await expect.poll(() => part.pid() ?? first, { timeout: 10_000 }).not.toBe(first);
    await expect.poll(() => events.filter((event) => event.kind === 'healthy').length).toBe(2);
    expect(events.map((event) => event.kind)).toEqual(['healthy', 'ended', 'healthy']);
    expect(part.restarts()).toBe(1);
  });

  test('gives up on a process that never gets healthy, and shows its last words', async () => {
    const part = start('fails', "console.error('the disk is full'); process.exit(3);");
    await expect(part.started).rejects.toThrow(
      /fails did not start: it exited with code 3, 6 times[^]*the disk is full/,
    );
  });

  test('does not start a process again whose configuration is wrong (exit 78)', async () => {
    const part = start('misconfigured', "console.error('PORT: required'); process.exit(78);");
    await expect(part.started).rejects.toThrow(/exited with code 78\. [^]*PORT: required/);
    expect(part.restarts()).toBe(0);
  });

  test('a program that does not exist is named', async () => {
    const part = supervise(
      {
        name: 'absent',
        command: '/nowhere/program',
        args: [],
        health: () => Promise.resolve('no'),
      },
      folders(),
      () => undefined,
    );
    parts.push(part);
    await expect(part.started).rejects.toThrow(/could not be started.*\/nowhere\/program/);
  });

  test('stop ends a process that ignores SIGTERM, and the processes it started', async () => {
    const ignore = "process.on('SIGTERM', () => 0); setInterval(() => 0, 1000);";
    const child = join(folder, 'child.cjs');
    writeFileSync(
      child,
      `${ignore} require('fs').writeFileSync(process.argv[2], String(process.pid));`,
    );
    const part = start(
      'stubborn',
      `${ignore} require('child_process').spawn(process.execPath, [${JSON.stringify(child)}, ready]);`,
    );
    await part.started;
    await expect.poll(() => readFileSync(join(folder, 'ready'), 'utf8')).not.toBe('');
    const parent = identify(part.pid()!)!;
    const grandchild = identify(Number(readFileSync(join(folder, 'ready'), 'utf8')))!;
    await part.stop();
    await expect.poll(() => isRunning(grandchild)).toBe(false);
    expect(isRunning(parent)).toBe(false);
  });

  test('what a killed runner left is ended by the next one', async () => {
    const runner = spawn(
      process.execPath,
      [
        '-e',
        `import(${JSON.stringify(new URL('../src/supervisor.ts', import.meta.url).href)}).then(({ supervise }) =>
          supervise({ name: 'orphan', command: process.execPath, args: ['-e', 'setInterval(() => 0, 1000)'], health: async () => undefined },
            ${JSON.stringify(folders())}, () => console.log('healthy')))`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(runner.stdout, 'data');
    const record = JSON.parse(readFileSync(join(folder, 'run', 'orphan.json'), 'utf8')) as {
      pid: number;
      startTime: string;
    };
    runner.kill('SIGKILL');
    await once(runner, 'exit');
    expect(isRunning(record)).toBe(true);
    expect(await endLeftovers(join(folder, 'run'))).toEqual(['orphan']);
    expect(isRunning(record)).toBe(false);
  });

  test('a stranger that got the pid of a leftover is not ended', async () => {
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)']);
    try {
      const part = start('stays', STAYS);
      await part.started;
      const file = join(folder, 'run', 'old.json');
      writeFileSync(file, JSON.stringify({ name: 'old', pid: stranger.pid, startTime: '1' }));
      await part.stop();
      expect(await endLeftovers(join(folder, 'run'))).toEqual([]);
      expect(identify(stranger.pid!)).toBeDefined();
    } finally {
      stranger.kill('SIGKILL');
    }
  });
});

describe('ports', () => {
  test('a taken port is named with who wants it and who has it', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    try {
      expect(listenerOn(port)).toMatch(new RegExp(`^pid ${process.pid}: `));
      await expect(requireFreePorts(new Map([[port, 'web']]))).rejects.toThrow(
        new RegExp(`${port} \\(web\\)\\n +by pid ${process.pid}: [^]*--port-base`),
      );
    } finally {
      server.close();
    }
    await once(server, 'close');
    await expect(requireFreePorts(new Map([[port, 'web']]))).resolves.toBeUndefined();
  });
});
