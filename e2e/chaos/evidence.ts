// What a run leaves behind for the judge: what was asked, what was answered, and what could be seen from outside afterwards. Plain
// data, so that a run can be written to a file, judged again, and made up by a test.

/** What became of a command. `unknown`: no answer came within the bounded retries, so it was done once or not at all. */
export type Outcome = 'accepted' | 'refused' | 'unknown';

/** The door a command went through. */
export type Via = 'rest' | 'chat' | 'mcp' | 'import';

/** What a command asks of one task. */
export type ChangeKind =
  'create' | 'rename' | 'complete' | 'reopen' | 'delete' | 'restore' | 'snooze';

/** A due as the API takes it. */
export type Due =
  | { kind: 'instant'; at: string }
  | { kind: 'date'; date: string }
  | { kind: 'local'; local: string; zone: string };

/** One task's part of a command. */
export interface Change {
  readonly kind: ChangeKind;
  /** Null while nobody knows it: of a create without an answer. */
  readonly taskId: string | null;
  /** Of a create and a rename: a title that no other command of the run uses. */
  readonly title?: string;
  /** Of a create: the instants (UTC) of its reminders. */
  readonly remindAt?: readonly string[];
  readonly outcome: Outcome;
  /** Of a reopen: what the answer said became of the next occurrence. */
  readonly nextOccurrence?: 'removed' | 'kept' | undefined;
}

/** One command of a person, in the order in which the person gave it: a person waits for each answer. */
export interface Command {
  readonly number: number;
  readonly person: string;
  readonly via: Via;
  /** In words, for people. */
  readonly what: string;
  readonly changes: readonly Change[];
  /** ms since the epoch. */
  readonly sentAt: number;
  readonly answeredAt: number;
  readonly tries: number;
  /** The last answer: an HTTP status, or what went wrong. */
  readonly answer: string;
}

/** One entry of the audit export. */
export interface AuditEntry {
  readonly eventId: string;
  readonly source: string;
  readonly type: string;
  readonly taskId: string | null;
  readonly version: number | null;
  readonly at: string;
  readonly actor: { readonly kind: string; readonly id: string } | null;
  readonly task: ListedTask | null;
  readonly before: ListedTask | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A task as the API lists it, as far as the judge reads it. */
export interface ListedTask {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly status: 'open' | 'done';
  readonly due: Due | null;
  readonly recurrence: {
    readonly rule: string;
    readonly from: 'due' | 'completion';
  } | null;
  readonly reminders: readonly { readonly id: string; readonly at?: string | undefined }[];
  readonly seriesId: string | null;
  readonly occurrence: number;
  readonly completedAt: string | null;
}

/** A notification as the API lists it. */
export interface Notice {
  readonly id: string;
  readonly taskId: string | null;
  readonly kind: string;
  readonly late: boolean;
  readonly at: string;
  readonly deliveries: readonly {
    readonly channel: string;
    readonly status: string;
    readonly late: boolean;
  }[];
}

/** One event of a live stream. */
export interface LiveEvent {
  readonly stream: string;
  /** The stream's own number for it; null for one without. */
  readonly id: number | null;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** When it arrived, ms since the epoch. */
  readonly at: number;
}

/** What the webhook receiver got. */
export interface Hook {
  readonly person: string;
  readonly notificationId: string;
  readonly taskId: string | null;
  readonly late: boolean;
  readonly signed: boolean;
  readonly at: number;
}

/** A fault that was put into the system. */
export interface FaultRecord {
  readonly number: number;
  readonly name: string;
  readonly target: string;
  readonly begunAt: number;
  readonly endedAt: number;
  /** Why it could not be put in, or not be ended. */
  readonly problem?: string;
}

/** All that can be seen of a person from outside once the system is quiet. */
export interface PersonView {
  readonly audit: readonly AuditEntry[];
  /** Some tasks' own histories, in the order in which they were answered. */
  readonly histories: Readonly<Record<string, readonly AuditEntry[]>>;
  readonly tasks: readonly ListedTask[];
  readonly notices: readonly Notice[];
}

/** All of a run. */
export interface Evidence {
  readonly seed: number;
  readonly commands: readonly Command[];
  readonly faults: readonly FaultRecord[];
  readonly persons: Readonly<Record<string, PersonView>>;
  readonly live: Readonly<Record<string, readonly LiveEvent[]>>;
  readonly hooks: readonly Hook[];
  /** Events that were published to be refused; not `certain`: nobody knows whether that one was published. */
  readonly poison: readonly { readonly id: string; readonly certain: boolean }[];
  readonly deadLetters: readonly {
    readonly service: string;
    readonly eventId: string;
    readonly eventType: string;
    readonly reason: string;
  }[];
  /** Events of the backend's outbox at the end. */
  readonly outbox: number;
  /** Services that were not ready at the end. */
  readonly notReady: readonly string[];
}

/** An invariant that does not hold. */
export interface Violation {
  readonly invariant: string;
  /** What was expected and what was found, in a sentence. */
  readonly message: string;
  readonly person?: string;
  readonly taskId?: string;
  /** When it was first to be seen, ms since the epoch; unknown ones come last. */
  readonly at?: number;
}
