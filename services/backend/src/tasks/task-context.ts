// Whom a command acts for. REST, chat and MCP make one from the caller; nothing here knows HTTP.
import type { Clock } from '@todo/runtime/clock';
import type { Actor } from '@todo/contracts/events';

/** For whom and by whom a command runs. */
export interface TaskContext {
  /** The only user whose tasks it can reach. */
  readonly userId: string;
  readonly actor: Actor;
  /** The user's IANA zone. */
  readonly zone: string;
  /** When the zone was said: a token's age. Null: it is only what the person's row says; left out: now. */
  readonly zoneAsOf?: Date | null | undefined;
  /** BCP 47. */
  readonly locale: string;
}

/** A context with the time, as the rules take it. */
export interface Context extends TaskContext {
  readonly clock: Clock;
}
