// The parts of the system: the one list that the release plan, the system on one machine, the Dagger module, the suites and
// the tools read. A new service is one entry here, one folder and one chart (`npm run new-service NAME` makes all three).
//
// It imports nothing, so that every program can read it, and holds no behaviour.

/** A part that is deployed as an image of its own. */
export interface Part {
  /** Its name everywhere that nothing outside forbids: folder, image, port, log. */
  readonly name: string;
  /** Folder of its sources, from the repository's root. */
  readonly folder: string;
  /** Path of its Dockerfile from the repository's root. */
  readonly dockerfile: string;
  /** Helm chart and release; the label `app.kubernetes.io/name` is the same. Null: it runs inside other parts' pods. */
  readonly chart: string | null;
  /** Dapr app id; null for a part without a sidecar. */
  readonly appId: string | null;
  /** PostgreSQL schema that it owns and migrates. */
  readonly schema: string;
  /** Topics it consumes, beside the dead letters of each. */
  readonly topics: readonly string[];
  /** Port it listens on in a container; null: a Unix socket. */
  readonly port: number | null;
  /** Whether the system runs without it. */
  readonly optional: boolean;
}

/** Who is called comes before who calls: the order in which parts are started and deployed. */
export const SYSTEM = [
  {
    name: 'pubsub-postgresql',
    folder: 'services/pubsub-postgresql',
    dockerfile: 'services/Dockerfile',
    chart: null,
    appId: null,
    schema: 'dapr_pubsub',
    topics: [],
    port: null,
    optional: true,
  },
  {
    name: 'backend',
    folder: 'services/backend',
    dockerfile: 'services/Dockerfile',
    chart: 'todo-backend',
    appId: 'todo-backend',
    schema: 'todo',
    topics: ['task-updates'],
    port: 8080,
    optional: false,
  },
  {
    name: 'notification',
    folder: 'services/notification',
    dockerfile: 'services/Dockerfile',
    chart: 'notification-service',
    appId: 'notification-service',
    schema: 'notification',
    topics: ['task-events', 'reminders'],
    port: 8080,
    optional: false,
  },
  {
    name: 'recurring',
    folder: 'services/recurring',
    dockerfile: 'services/Dockerfile',
    chart: 'recurring-service',
    appId: 'recurring-service',
    schema: 'recurring',
    topics: ['task-events'],
    port: 8080,
    optional: false,
  },
  {
    name: 'audit',
    folder: 'services/audit',
    dockerfile: 'services/Dockerfile',
    chart: 'audit-service',
    appId: 'audit-service',
    schema: 'audit',
    topics: ['task-events', 'reminders', 'task-updates'],
    port: 8080,
    optional: true,
  },
  {
    name: 'web',
    folder: 'web',
    dockerfile: 'web/Dockerfile',
    chart: 'todo-frontend',
    appId: null,
    schema: 'auth',
    topics: [],
    port: 3000,
    optional: false,
  },
] as const satisfies readonly Part[];

/** A part with a Dapr sidecar. */
export type DaprPart = Extract<(typeof SYSTEM)[number], { appId: string }>;

/** The parts with a Dapr sidecar, in order. */
export const DAPR_PARTS = SYSTEM.filter((part): part is DaprPart => part.appId !== null);
