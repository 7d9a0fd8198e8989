// The words of the status page. A file of its own: only that page loads it.

function count(number: number, one: string, many: string): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

export const status = {
  parts: 'Parts',
  ok: 'OK',
  failing: 'Failing',
  failed: 'Could not load the status',
  refreshed: (time: string) => `As of ${time}`,
  stale: (time: string) => `Could not refresh. As of ${time}`,
  version: (version: string) => `version ${version}`,
  replicas: (number: number) => count(number, 'replica', 'replicas'),
  since: (time: string) => `started ${time}`,
  now: (outbox: number, views: number) =>
    `${count(outbox, 'event waits', 'events wait')} in the backend’s outbox · ${count(views, 'live view', 'live views')} connected`,
  hour: 'The last hour',
  nothingYet: 'Nothing in the last hour.',
  slowestMs: '99 of 100 were faster, ms',
  seconds: 'Longest in each minute, s',
  aMinute: 'Each minute',
  eventEffect: 'From event to effect',
  requestTime: 'Answering a request',
  liveLag: 'From change to live view',
  fromServer: 'to the stream',
  toThisPage: 'to this page',
  outboxAge: 'Waiting in the outbox',
  requestCount: 'Requests',
  answered: 'answered',
  failedRequests: 'failed',
  eventCount: 'Events with an effect',
  waiting: (number: number) => count(number, 'dead letter', 'dead letters'),
  clock: (aheadMs: number) =>
    `clock: ${Math.round(Math.abs(aheadMs) / 1_000)} s ${aheadMs > 0 ? 'ahead' : 'behind'}`,
  unreachable: (names: string) => `No answer from: ${names}.`,
  deadLetters: 'Dead letters',
  deadHint:
    'Events that a service could not handle. Fix the cause, then replay them, or discard them.',
  noDead: 'No dead letters. Every event was handled.',
  deadFailed: 'Could not load the dead letters',
  inspect: 'Inspect',
  replay: 'Replay',
  discard: 'Discard',
  replayed: 'Replayed. If it fails again, it comes back here.',
  discarded: 'Discarded.',
  actionFailed: (reason: string) => `The action failed: ${reason}`,
  discardTitle: 'Discard this event?',
  discardHint: 'It will never be processed. Its content stays in the database.',
  times: (number: number) => `arrived ${count(number, 'time', 'times')}`,
  event: 'Event',
  versions: (seen: { version: string; replicas: number }[]) =>
    `running: ${seen.map(({ version, replicas }) => `${version} on ${count(replicas, 'replica', 'replicas')}`).join(', ')}`,
  slowest: 'Slowest traces',
  slowestHint:
    'Requests until their answer, and events until their effect, in the last hour. Logs and the trace store find the whole story by the trace.',
  noSlowest: 'Nothing in the last hour.',
  took: (ms: number) =>
    ms < 1_000
      ? `${ms} ms`
      : `${(ms / 1_000).toLocaleString('en', { maximumFractionDigits: 1 })} s`,
  trace: (id: string) => `Trace ${id}`,
  failedRequest: 'failed',
  history: 'Deploy history',
  historyHint: 'Which versions ran, by when each part first started them.',
  noHistory: 'No part has noted a version yet.',
};
