// The backend's routes in one visible list, built without listening, so that tests inject requests.
//
// Long because the list of routes is whole: what the service does is seen in one place.
import { randomUUID } from 'node:crypto';
import type { Clock } from '@todo/runtime/clock';
import type { TrustedProxies } from '@todo/runtime/client-address';
import type { Pool } from '@todo/runtime/database';
import { databaseClock } from '@todo/runtime/database-clock';
import { databaseCheck, registerHealth, startCheck } from '@todo/runtime/health';
import type { Logger } from '@todo/runtime/log';
import { startOutboxRelay } from '@todo/messaging/outbox';
import { Problem } from '@todo/contracts/problem';
import { createServer } from '@todo/runtime/server';
import type { Server } from '@todo/runtime/server';
import type { Sidecar } from '@todo/runtime/sidecar';
import type { RouteOptions } from 'fastify';
import type { JWTVerifyGetKey } from 'jose';
import type { Action } from './authorization/rules.ts';
import { allowOrigins } from './http/allowed-origins.ts';
import { describeApi } from './http/api-description.ts';
import { authorizeRoutes, declareActions } from './http/authenticate.ts';
import { createEndedSessions } from './identity/ended-sessions.ts';
import { authenticator } from './identity/verify-token.ts';
import { registerChatRoutes } from './http/chat-routes.ts';
import { forgetConversation } from './chat/conversation-store.ts';
import { chatOf } from './chat/chat.ts';
import type { ChatOptions } from './chat/chat.ts';
import { createCalendars } from './calendars/calendars.ts';
import { DEFAULT_QUOTAS } from './limits/quotas.ts';
import type { Quotas } from './limits/quotas.ts';
import { createImportJobs } from './transfer/import-jobs.ts';
import { startImportRunner } from './transfer/job-runner.ts';
import type { ImportRunner } from './transfer/job-runner.ts';
import { createSavedFilters, renameInFilters } from './filters/saved-filters.ts';
import { createLists } from './lists/lists.ts';
import { createLiveViews } from './live/live-views.ts';
import type { LiveViews } from './live/live-views.ts';
import { createNotices } from './live/notices.ts';
import type { Notice } from './live/notices.ts';
import { mcp } from './http/mcp-route.ts';
import { page } from './ops/other-services.ts';
import { startReminderScheduler } from './reminders/scheduler.ts';
import { limitByPath, requestLimit } from './http/request-limit.ts';
import { registerQuickAddRoutes } from './http/quick-add-routes.ts';
import { registerAccountRoutes } from './http/account-routes.ts';
import { registerAuditRoutes } from './http/audit-routes.ts';
import type { HistoryFilter } from './http/audit-routes.ts';
import { registerDavRoutes, registerWellKnown } from './http/dav-routes.ts';
import { registerFeedAddresses, registerFeedRoutes } from './http/feed-routes.ts';
import { registerErasureRoute } from './http/erasure-route.ts';
import { registerDocs } from './http/docs-page.ts';
import { registerImportRoutes } from './http/import-routes.ts';
import { registerFilterRoutes } from './http/filter-routes.ts';
import { registerListRoutes } from './http/list-routes.ts';
import { registerLiveRoutes } from './http/live-routes.ts';
import { registerOrderRoutes } from './http/order-routes.ts';
import { registerNotificationPreferences } from './http/notification-preferences.ts';
import { registerNotificationRoutes } from './http/notification-routes.ts';
import { registerOpsRoutes } from './http/ops-routes.ts';
import { registerSessionRoutes } from './http/session-routes.ts';
import { registerServiceRoutes, subscriptionOf } from './http/service-routes.ts';
import { registerTaskRoutes } from './http/task-routes.ts';
import { registerTransferRoutes } from './http/transfer-routes.ts';
import { registerTrashRoutes } from './http/trash-routes.ts';
import { APP_ID, SCHEMA } from './schema.ts';
import { createTasks } from './tasks/commands.ts';
import { followZoneData } from './tasks/follow-zone-data.ts';
import type { Tasks } from './tasks/commands.ts';
import type { Committed } from './tasks/committed.ts';
import type { TaskContext } from './tasks/task-context.ts';
import type { ToolContext } from './tools/tool.ts';
import { createMoveTask } from './tasks/task-order.ts';
import { startTrashCleaner } from './tasks/trash-cleaner.ts';
import type { TrashCleaner } from './tasks/trash-cleaner.ts';

/** What the backend is made of. */
export interface BackendOptions {
  readonly pool: Pool;
  /** Address for LISTEN. */
  readonly directUrl: string;
  readonly sidecar: Sidecar;
  readonly log: Logger;
  /** What tests move; the database's clock without it. */
  readonly clock?: Clock;
  readonly appApiToken: string;
  readonly auth: { keys: JWTVerifyGetKey; issuer: string; audience: string };
  readonly auditEnabled: boolean;
  /** Requests a person may send in a minute, to all replicas together; 0: no limit. */
  readonly rateLimitPerMinute: number;
  /** What a person may keep; the defaults without it. */
  readonly quotas?: Quotas;
  readonly corsOrigins: readonly string[];
  /** Hosts it answers for, besides the issuer's (the public address), loopback and its own address. */
  readonly allowedHosts?: readonly string[];
  readonly trustedProxies?: TrustedProxies;
  readonly heartbeatMs?: number;
  /** The chat's history and model; without it there is no chat. */
  readonly chat?: ChatOptions;
}

/** What the backend's routes are built on. */
export interface BackendParts {
  readonly tasks: Tasks;
  /** What a tool works with, for a person and an actor. */
  readonly toolContext: (context: TaskContext) => ToolContext;
}

/** A route by its method and its pattern, such as `GET /api/v1/tasks/:id`. */
export interface Route {
  readonly method: string;
  readonly url: string;
  /** What it does, as the table of rules calls it; undefined for a preflight. */
  readonly action: Action | undefined;
}

/** The built backend. */
export interface Backend {
  readonly app: Server;
  readonly parts: BackendParts;
  readonly views: LiveViews;
  /** Every route there is, also those that the API's description hides. */
  readonly routes: readonly Route[];
  /** Starts what works by itself: the outbox relay and the reminders. The schema must be there. */
  start: () => void;
  /** Ends streams, answers what is in flight, then stops; what is left over stays in the tables. */
  close: () => Promise<void>;
}

/** Builds the backend; nothing works by itself before `start`. */
export async function buildBackend(options: BackendOptions): Promise<Backend> {
  const { pool, sidecar, log } = options;
  const ofDatabase = databaseClock(pool, { log });
  const clock = options.clock ?? ofDatabase.now;
  const migrated = startCheck('not migrated yet');
  const checks = {
    database: databaseCheck(pool),
    schema: migrated.check,
    sidecar: async () => ((await sidecar.isReady()) ? undefined : 'not ready'),
  };

  /** What happens in one part, and what it leads to in the others. */
  const on = {
    /** A change of ours is committed. */
    commit: ({ userId, remindAt }: Committed): void => {
      relay.wake();
      views.hint(userId);
      if (remindAt) scheduler?.wake(remindAt);
      notices.tell(userId, remindAt);
    },
    /** Another replica committed changes; `users` is null when it can't say whose. */
    notice: ({ users, remindAt, accessOf }: Notice): void => {
      if (accessOf === null) views.checkAccess(null);
      else for (const userId of accessOf) views.checkAccess(userId);
      if (users === null) views.hint(null);
      else for (const userId of users) views.hint(userId);
      if (users === null) scheduler?.wake();
      else if (remindAt !== null) scheduler?.wake(new Date(remindAt));
    },
    /** The listening connection is there (again): anything may have happened meanwhile. */
    listening: (): void => {
      views.checkAccess(null);
      views.hint(null);
      scheduler?.wake();
    },
    /** A token or a session of a person was ended here. */
    accessEnded: (userId: string): void => {
      views.checkAccess(userId);
      notices.tellEnded(userId);
    },
    /** A page opened or closed its live view. */
    viewers: (count: number): void => {
      notices.want({ eager: count > 0 });
    },
    /** It became known whether reminders wait. */
    waiting: (lazy: boolean): void => {
      notices.want({ lazy });
    },
  };

  const relay = startOutboxRelay({
    pool,
    schema: SCHEMA,
    source: `/todo/${APP_ID}`,
    publish: sidecar.publish,
    log,
  });
  const notices = createNotices({
    pool,
    directUrl: options.directUrl,
    instance: randomUUID(),
    log,
    onNotice: on.notice,
    onListening: on.listening,
  });
  const views = createLiveViews({ pool, log, clock: ofDatabase.now, onCount: on.viewers });
  let scheduler: ReturnType<typeof startReminderScheduler> | undefined;
  const stopping = new AbortController();
  let following = Promise.resolve();

  const { quotas = DEFAULT_QUOTAS } = options;
  const onCommit = on.commit;
  const tasks = createTasks({ pool, clock, quotas, onCommit });
  let importRunner: ImportRunner | undefined;
  let trashCleaner: TrashCleaner | undefined;
  const imports = createImportJobs({
    ...{ pool, clock, tasks, quotas },
    wake: () => importRunner?.wake(),
  });
  const trust = { ...options.auth, pool };
  const authenticate = authenticator({ ...trust, sessions: createEndedSessions({ pool }) });
  const lists = createLists({ pool, clock, quotas, onCommit, onRename: renameInFilters });
  const filters = createSavedFilters({ pool, clock, quotas, lists, onCommit });
  const subscription = subscriptionOf({ pool, clock, appApiToken: options.appApiToken, onCommit });
  const toolContext = (context: TaskContext): ToolContext => ({
    ...context,
    ...{ clock, tasks, lists, filters },
  });
  const parts: BackendParts = { tasks, toolContext };

  const publicAddress = new URL(options.auth.issuer);
  const app = createServer({
    log,
    hosts: [publicAddress.hostname, ...(options.allowedHosts ?? [])],
    origins: [publicAddress.origin, ...options.corsOrigins],
    trustedProxies: options.trustedProxies ?? 0,
  });
  const declared: RouteOptions[] = [];
  app.addHook('onRoute', (route) => {
    declared.push(route);
  });
  // Answers are built by our own code and typed; checking each one again would cost more than making it.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  await allowOrigins(app, options.corsOrigins);
  await describeApi(app);

  const limitRequests = requestLimit({ pool, log, max: options.rateLimitPerMinute });
  authorizeRoutes(app, { authenticate, appApiToken: options.appApiToken });
  await app.register(async (scope) => {
    declareActions(scope, () => 'service.open');
    registerHealth(scope, checks, ofDatabase);
    await Promise.resolve();
  });
  registerSessionRoutes(app, { pool, trust, onAccessEnded: on.accessEnded });
  await registerServiceRoutes(app, { tasks, subscription });
  registerErasureRoute(app, {
    ...{ pool, clock, trust, wakeOutbox: relay.wake },
    onAccessEnded: on.accessEnded,
    forgetConversation: async (userId) => {
      if (options.chat) await forgetConversation(pool, options.chat.states, userId);
    },
  });
  await app.register(
    async (plain) => {
      const api = plain as unknown as Server;
      await limitRequests(plain);
      registerAccountRoutes(api, { pool, tasks, quotas, onAccessEnded: on.accessEnded });
      registerTaskRoutes(api, { tasks, lists, clock, history });
      registerTrashRoutes(api, { tasks });
      registerOrderRoutes(api, { pool, move: createMoveTask({ pool, clock, onCommit }) });
      registerListRoutes(api, { lists });
      registerFilterRoutes(api, { filters, tasks, lists, clock });
      registerQuickAddRoutes(api, { tasks, lists, clock });
      registerTransferRoutes(api, { tasks, lists, filters, imports });
      registerImportRoutes(api, { tasks, imports });
      registerFeedRoutes(api, { pool });
      registerNotificationRoutes(api, { sidecar });
      registerNotificationPreferences(api, { sidecar });
      registerAuditRoutes(api, {
        history: (userId, { taskId = null, ...filter }) => history(userId, taskId, filter),
      });
      registerLiveRoutes(api, { views, heartbeatMs: options.heartbeatMs });
      if (options.chat)
        registerChatRoutes(api, { chat: chatOf(options.chat, { pool, clock, toolContext, log }) });
      await plain.register(async (scope) => {
        registerOpsRoutes(scope, {
          pool,
          sidecar,
          checks,
          clock: ofDatabase,
          auditEnabled: options.auditEnabled,
          liveViews: views.count,
          subscription,
        });
        await Promise.resolve();
      });
    },
    { prefix: '/api/v1' },
  );
  await app.register(async (plain) => {
    await limitRequests(plain);
    await plain.register(mcp, {
      toolContext,
      log,
    });
  });
  registerWellKnown(app);
  await app.register(async (plain) => {
    await limitRequests(plain);
    await plain.register(registerDavRoutes, {
      authenticate,
      calendars: createCalendars({ pool, clock, tasks, lists }),
    });
  });
  await app.register(async (plain) => {
    await limitByPath(plain, options.rateLimitPerMinute);
    registerFeedAddresses(plain, { pool, clock, publicUrl: publicAddress.origin });
  });
  registerDocs(app, () => app.swagger());
  await app.ready();
  const routes = declared.flatMap(({ method, url, config }): Route[] =>
    [method].flat().map((one) => ({ method: one, url, action: config?.action })),
  );

  async function history(
    userId: string,
    taskId: string | null,
    { cursor, ...filter }: Omit<HistoryFilter, 'taskId'>,
  ): Promise<{ items: unknown[]; nextCursor: string | null }> {
    if (taskId !== null) await tasks.get({ userId }, taskId, { deleted: true });
    if (!options.auditEnabled)
      throw new Problem(
        404,
        'audit-off',
        'This system runs without the audit service, so it keeps no history.',
      );
    return await page(sidecar, 'audit-service', '/internal/history', {
      ...(taskId === null ? {} : { taskId }),
      userId,
      after: cursor,
      ...filter,
    });
  }

  return {
    app,
    parts,
    routes,
    views,
    start: () => {
      migrated.done();
      relay.wake();
      scheduler ??= startReminderScheduler({
        ...{ pool, clock, log },
        onSent: relay.wake,
        onWaiting: on.waiting,
      });
      const { recomputeInstants: recompute } = tasks;
      following = followZoneData({ pool, log, recompute, signal: stopping.signal }).catch(
        (error: unknown) => {
          log.warn({ err: error }, 'due dates do not follow the time zone data until a restart');
        },
      );
      importRunner ??= startImportRunner({ pool, clock, tasks, log });
      trashCleaner ??= startTrashCleaner({ pool, clock, log });
    },
    close: async () => {
      stopping.abort();
      // First what takes work in, last what publishes the work done.
      const closers: readonly (() => unknown)[] = [
        views.close,
        () => app.close(),
        () => scheduler?.stop(),
        () => importRunner?.stop(),
        () => trashCleaner?.stop(),
        notices.close,
        () => following,
        relay.stop,
      ];
      for (const close of closers) await close();
    },
  };
}
