// The whole system as one service: what `npm run up` starts on a machine, in a container.
import { dag, Directory, Service } from '@dagger.io/dagger';
import { DAPRD } from './versions.ts';
import { repositoryContainer } from './workspace.ts';

/** The web app's port, in the container and where `--ports` is not given. */
export const WEB_PORT = 4300;

/**
 * `npm run up` listens on 127.0.0.1 only, as it should on a machine; a container's neighbours come by its address. So what
 * arrives there is handed on, from the moment the web app is ready: the engine takes a port that listens for a healthy service.
 */
const FORWARD = `
const net = require('node:net');
const port = ${String(WEB_PORT)};
const addresses = Object.values(require('node:os').networkInterfaces()).flat().filter((a) => !a.internal && a.family === 'IPv4');
const listen = () => {
  for (const { address } of addresses) {
    net.createServer((from) => {
      const to = net.connect(port, '127.0.0.1');
      from.pipe(to).pipe(from);
      from.on('error', () => to.destroy());
      to.on('error', () => from.destroy());
    }).listen(port, address);
  }
};
const wait = async () => {
  const ready = await fetch('http://127.0.0.1:' + port + '/readyz').then(({ ok }) => ok, () => false);
  if (ready) listen();
  else setTimeout(wait, 500);
};
wait();`;

/** The system as a service on {@link WEB_PORT}, healthy when the web app is ready. Its data lives as long as the service. */
export function localSystem(source: Directory): Service {
  return (
    repositoryContainer(source)
      .withFile('/usr/local/bin/daprd', dag.container().from(DAPRD).file('/daprd'))
      .withEnvVariable('DAPRD', '/usr/local/bin/daprd')
      // here, where it is seen and kept: while a service starts the engine waits 15 minutes at most
      .withExec(['npm', 'run', 'up', '--', '--build-only'])
      .withNewFile('/tmp/forward.cjs', FORWARD)
      .withExposedPort(WEB_PORT, { description: 'the web app' })
      .asService({
        args: [
          'sh',
          '-c',
          `node /tmp/forward.cjs & exec npm run up -- --port-base ${String(WEB_PORT)}`,
        ],
      })
  );
}
