// A server that is told to end while a client with connections of its own goes on asking: nobody's request is lost.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';

/** Serves on a free port, and says which; ends as a service does, or as the web app, which has streams to cut off. */
const program = (closers: string) => `
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { closeServer } from ${JSON.stringify(new URL('../src/connection-drain.ts', import.meta.url))};
import { closeOnSignal } from ${JSON.stringify(new URL('../src/lifecycle.ts', import.meta.url))};
const server = createServer(async (incoming, response) => {
  if (incoming.url === '/stream') return void response.write('endless');
  await sleep(20);
  response.end('answer');
});
const log = { info() {}, warn() {}, error() {}, fatal() {} };
closeOnSignal({ log, delayMs: 1_500, closers: [${closers}] });
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

interface Answer {
  status: number | undefined;
  connection: string | undefined;
}

function ask(agent: Agent, port: number, path = '/'): Promise<Answer> {
  return new Promise((done, failed) => {
    const call = request(
      { agent, port, host: '127.0.0.1', method: 'POST', path },
      (response: IncomingMessage) => {
        response.resume();
        response.once('end', () => {
          done({ status: response.statusCode, connection: response.headers.connection });
        });
        response.once('error', failed);
      },
    );
    call.once('error', failed);
    call.end();
  });
}

async function start(closers: string) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program(closers)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, port: Number(port.toString()), ended: once(child, 'exit') };
}

test.each([
  ['as a service', '() => new Promise((closed) => server.close(closed))'],
  ['as the web app', '() => closeServer(server, 500)'],
])(
  'SIGTERM under load, %s: no request fails, each answer ends its connection',
  async (_, closers) => {
    const [old, next] = [await start(closers), await start(closers)];
    // As in a cluster: new connections lead to the next server, those that are there stay where they are.
    let leadsTo = old.port;
    const agent = new Agent({ keepAlive: true });
    agent.createConnection = () => connect({ host: '127.0.0.1', port: leadsTo });
    onTestFinished(() => {
      agent.destroy();
    });
    const answers: Answer[] = [];
    const failed: unknown[] = [];
    let over = false;
    const loops = Array.from({ length: 8 }, async () => {
      while (!over) {
        await ask(agent, 80).then(
          (answer) => answers.push(answer),
          (error: unknown) => failed.push(error),
        );
      }
    });
    await sleep(300);
    expect(answers.at(-1)).toEqual({ status: 200, connection: 'keep-alive' });
    old.child.kill('SIGTERM');
    await sleep(500);
    expect(answers.at(-1)).toEqual({ status: 200, connection: 'close' });
    leadsTo = next.port;
    expect(await old.ended).toEqual([0, null]);
    expect(answers.at(-1)).toEqual({ status: 200, connection: 'keep-alive' });
    over = true;
    await Promise.all(loops);
    expect(failed).toEqual([]);
  },
  20_000,
);

test('SIGTERM with a stream that never ends, as the web app: it is cut off after the patience', async () => {
  const { child, port, ended } = await start('() => closeServer(server, 500)');
  const agent = new Agent();
  const stream = ask(agent, port, '/stream');
  stream.catch(() => undefined);
  await sleep(200);
  child.kill('SIGTERM');
  await expect(stream).rejects.toThrow(/aborted|reset|hang up/);
  expect(await ended).toEqual([0, null]);
}, 20_000);
