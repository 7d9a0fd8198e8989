// The words of Break it. A file of its own: only that page loads it.

function count(number: number, one: string, many: string): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toLocaleString('en', { maximumFractionDigits: 1 })} s`;
}

/** What each fault is called, and what it does. A name that is not here is shown as it is. */
const faults: Record<string, readonly [label: string, what: string]> = {
  kill: ['Kill a process', 'Ends it at once, without a word (SIGKILL).'],
  'kill-every': ['Kill a whole service', 'Ends all replicas at the same moment.'],
  end: ['End a process', 'Asks it to stop in order (SIGTERM).'],
  pause: ['Pause a process', 'Stops it for up to 6 s (SIGSTOP, SIGCONT).'],
  'long-pause': ['Pause past a lease', 'Stops it for 31 to 40 s: longer than its leases last.'],
  cut: ['Cut a connection', 'Resets connections and refuses new ones.'],
  stall: ['Stall a connection', 'Lets no byte through, and closes nothing.'],
  muffle: ['Hold back answers', 'Lets requests through, and none of the answers.'],
  slow: ['Slow a connection', 'Lets bytes through in bursts.'],
  swallow: ['Swallow bytes', 'Acknowledges what is sent, and loses it.'],
  'crash-database': ['Crash the database', 'Ends the PostgreSQL server at once (SIGKILL).'],
  'restart-database': [
    'Restart the database',
    'Ends the server in order; all clients are cut off.',
  ],
  'terminate-backends': ['End database sessions', 'Ends about half of them.'],
  'refuse-writes': ['Make it read-only', 'The database refuses every write, as a standby does.'],
  'take-connections': ['Take every connection', 'Nobody else gets one.'],
  'slow-commit': ['Commit late', 'Some transactions commit after others that began later.'],
  'hold-transaction': ['Hold a transaction', 'Somebody’s transaction stays open.'],
  'lag-and-break': ['Lag and break', 'Slow answers; connections break in mid-transaction.'],
  poison: ['Publish an unreadable event', 'It becomes a dead letter at each consumer.'],
  'poison-unstored': [
    'Unreadable events, no database',
    'Several at once, while the consumers can’t store them.',
  ],
  redeliver: ['Deliver an event again', 'Publishes an event of the past again. Needs load.'],
  'double-commands': ['Send commands twice', 'The load sends each command twice at once.'],
};

export const breakIt = {
  title: 'Break it',
  hint: 'Put faults into the running system. Whatever you press, no accepted command may be lost or done twice. Each fault ends by itself.',
  loadFailed: 'The state could not be loaded',
  stale:
    'No answer right now: the fault hit this page’s own sign-in or database too. Trying again.',
  failed: 'That did not work. Try again.',
  outcome: 'What came of it',
  accepted: 'Accepted',
  acceptedHint: 'commands',
  effects: 'Effects seen',
  effectsHint: 'in the history',
  lost: 'Lost',
  lostHint: 'no effect in time',
  doubled: 'Doubled',
  doubledHint: 'more than one effect',
  others: (waiting: number, unanswered: number, refused: number) =>
    `${waiting.toLocaleString('en')} on their way · ${unanswered.toLocaleString('en')} without an answer · ${refused.toLocaleString('en')} refused`,
  load: 'Load',
  perSecond: (number: number) => count(number, 'command a second', 'commands a second'),
  noLoad: 'No load. Move the slider to let people add and complete tasks.',
  loadEnds: (time: string) => `Ends by itself at ${time}.`,
  state: 'State',
  healthy: (parts: number) => `All ${parts} parts are healthy.`,
  unhealthy: (names: readonly string[], parts: number) =>
    `${names.length} of ${parts} parts not healthy: ${names.join(', ')}`,
  isIn: (fault: string, target: string, ms: number) =>
    ms > 0
      ? `${fault}: ${target}. Ends in ${seconds(Math.ceil(ms / 1_000) * 1_000)}.`
      : `${fault}: ${target}. Ending.`,
  recovers: (fault: string, target: string) => `${fault}: ${target}. Ended; the system recovers.`,
  groups: {
    processes: 'Processes',
    connections: 'Connections',
    database: 'Database',
    events: 'Events and commands',
    other: 'Other faults',
  },
  fault: (name: string, what: string) => faults[name] ?? ([name, what] as const),
  target: (fault: string) => `What to hit: ${fault}`,
  any: 'any',
  put: 'Break',
  putLabel: (fault: string) => `Break: ${fault}`,
  past: 'Faults so far',
  nonePast: 'None yet.',
  healedAfter: (ms: number) => `all healthy ${seconds(ms)} after it ended`,
  notHealed: 'not all healthy within two minutes',
  notPut: (reason: string) => `not put in: ${reason}`,
};
