// Who may do what, as one table: a row for each relation, with the actions it allows. Routes, tools, live messages, topics and
// calls between services name an action; nothing else decides. A new relation is a new row. Nothing here knows HTTP.

/** Everything that can be asked for. */
export const ACTIONS = [
  'account.read',
  'account.change',
  'tokens.manage',
  'tasks.read',
  'tasks.change',
  'tasks.order',
  'tags.read',
  'lists.read',
  'lists.change',
  'filters.read',
  'filters.change',
  'history.read',
  'notifications.read',
  'notifications.change',
  'notifications.configure',
  'transfer.export',
  'transfer.import',
  'live.watch',
  'chat.read',
  'chat.use',
  'mcp.use',
  'tools.read',
  'tools.change',
  'caldav.use',
  'feeds.manage',
  'feeds.read',
  'operations.read',
  'operations.change',
  'occurrences.create',
  'events.deliver',
  'sessions.end',
  'accounts.erase',
  'accounts.disable',
  'service.operate',
  'service.open',
] as const;
/** See {@link ACTIONS}. */
export type Action = (typeof ACTIONS)[number];

/** What an access token can be made for; `full` is all of it except what asks for a session. */
export const SCOPES = ['full', 'read', 'write', 'mcp', 'caldav'] as const;
/** See {@link SCOPES}. */
export type Scope = (typeof SCOPES)[number];

const READING = [
  'account.read',
  'tasks.read',
  'tags.read',
  'lists.read',
  'filters.read',
  'history.read',
  'notifications.read',
  'transfer.export',
  'live.watch',
  'chat.read',
] as const satisfies readonly Action[];
const WRITING = [
  'tasks.change',
  'tasks.order',
  'lists.change',
  'filters.change',
  'notifications.change',
  'transfer.import',
] as const satisfies readonly Action[];
const TOOLS = ['mcp.use', 'tools.read', 'tools.change'] as const satisfies readonly Action[];
const PERSONAL = [...READING, ...WRITING, ...TOOLS, 'chat.use', 'caldav.use'] as const;
const OPEN = ['service.open'] as const satisfies readonly Action[];

/**
 * The table. `owner`: the person whose data it is, by a session. `token:…`: an access token of the owner, by scope. `other`:
 * any other person. `app:…`: a service, known by its Dapr app id. `sidecar`: the service's own sidecar. `web`: the web app, by
 * a note that it signed. `feed`: whoever has the secret address of a calendar feed.
 */
const TABLE = {
  owner: [
    ...OPEN,
    ...PERSONAL,
    'account.change',
    'tokens.manage',
    'feeds.manage',
    'notifications.configure',
  ],
  operator: [...OPEN, 'operations.read', 'operations.change'],
  other: OPEN,
  nobody: OPEN,
  'token:full': [...OPEN, ...PERSONAL],
  'token:read': [...OPEN, ...READING, 'mcp.use', 'tools.read'],
  'token:write': [...OPEN, ...WRITING],
  'token:mcp': [...OPEN, ...TOOLS],
  'token:caldav': [...OPEN, 'caldav.use'],
  'app:recurring-service': [...OPEN, 'occurrences.create'],
  'app:todo-backend': [...OPEN, 'service.operate'],
  sidecar: [...OPEN, 'events.deliver'],
  web: [...OPEN, 'sessions.end', 'accounts.erase', 'accounts.disable'],
  feed: [...OPEN, 'feeds.read'],
} as const satisfies Readonly<Record<string, readonly Action[]>>;

/** How a caller stands to the data that an action is about. */
export type Relation = keyof typeof TABLE;
/** Every relation, in the table's order. */
export const RELATIONS = Object.keys(TABLE) as Relation[];

/** What a token that is limited to some lists may do, of what its scope allows: the rest concerns more than those lists. */
const WITHIN_LISTS: ReadonlySet<Action> = new Set<Action>([
  'service.open',
  'account.read',
  'tasks.read',
  'tasks.change',
  'lists.read',
  'mcp.use',
  'tools.read',
  'tools.change',
  'caldav.use',
]);

/** What open pages are told, and what a viewer must be allowed to do to be told it. A message without a row is told to nobody. */
export const LIVE_MESSAGES = {
  task: 'tasks.read',
  order: 'tasks.read',
  list: 'lists.read',
  filter: 'filters.read',
  notification: 'notifications.read',
} as const satisfies Readonly<Record<string, Action>>;
/** The kind of a live message. */
export type LiveMessage = keyof typeof LIVE_MESSAGES;

/** What each route of a consumer of events does: deliveries come from the sidecar, the rest from the backend through it. */
export function consumerAction(url: string): Action {
  return url.startsWith('/events/') ? 'events.deliver' : 'service.operate';
}

const allowed = new Map<Relation, ReadonlySet<Action>>(
  RELATIONS.map((relation) => [relation, new Set<Action>(TABLE[relation])]),
);

/** Whether one of the relations allows the action. */
export function mayDo(relations: readonly Relation[], action: Action): boolean {
  return relations.some((relation) => allowed.get(relation)?.has(action) === true);
}

/** Whether a token that is limited to lists may do it, given its scope. */
export function isWithinLists(action: Action): boolean {
  return WITHIN_LISTS.has(action);
}

/** The narrowest scope that allows an action; undefined when no token may. */
export function scopeFor(action: Action): Scope | undefined {
  const narrowest = ['mcp', 'caldav', 'read', 'write', 'full'] as const;
  return narrowest.find((scope) => mayDo([`token:${scope}`], action));
}

/** By what an action's caller is known: nothing, the sidecar's token, the web app's note, a feed's address, or a person's token. */
export function askedBy(action: Action): 'anybody' | 'sidecar' | 'web' | 'feed' | 'person' {
  const some = (wanted: (relation: Relation) => boolean): boolean =>
    mayDo(RELATIONS.filter(wanted), action);
  if (mayDo(['nobody'], action)) return 'anybody';
  if (some((relation) => relation === 'sidecar' || relation.startsWith('app:'))) return 'sidecar';
  if (mayDo(['feed'], action)) return 'feed';
  return mayDo(['web'], action) ? 'web' : 'person';
}
