// Events on a system that runs already, on a cluster or elsewhere: the one at E2E_BASE_URL.
import { describeEventFlow, victimsOf } from './event-flow-suite.ts';
import { remoteTarget } from '../targets/target.ts';

const remote = await remoteTarget(process.env);
if (!remote) throw new Error('E2E_BASE_URL is not set: the address of the system under test');

const { hooks } = remote;
describeEventFlow(`events on ${remote.name}`, () => Promise.resolve(remote), {
  victims:
    hooks.kill && hooks.waitUntilHealthy ? victimsOf(hooks.victims ?? ['service', 'sidecar']) : [],
  rawEvents: hooks.publish !== undefined && hooks.deliver !== undefined,
  kafka: hooks.brokers !== undefined,
  restart:
    hooks.restart !== undefined &&
    (process.env['E2E_VICTIMS'] !== 'none' || process.env['E2E_RESTART'] === 'yes'),
  logs: hooks.logs !== undefined,
  // where the grace period is known to be none: the systems that the suite starts itself
  erasure: false,
  sleep: hooks.sleep !== undefined,
  operator: Boolean(process.env['E2E_TOKEN_COMMAND'] ?? process.env['E2E_OPERATOR_EMAIL']),
});
