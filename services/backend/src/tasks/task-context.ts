// Whom a command acts for, and how far it reaches. REST, chat and MCP make one from the caller; nothing here knows HTTP.
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
  /** The only lists whose tasks it can reach; null or left out: all of the user's. */
  readonly listIds?: readonly string[] | null | undefined;
}

/** Whose tasks are read: the user, and where it is limited, the lists. */
export type Reach = Pick<TaskContext, 'userId' | 'listIds'>;

/** Whether a task is among those that can be reached; others are treated as if they were not there. */
export function isInReach({ listIds }: Reach, listId: string | null): boolean {
  return listIds == null || (listId !== null && listIds.includes(listId));
}

/** A context with the time, as the rules take it. */
export interface Context extends TaskContext {
  readonly clock: Clock;
}
