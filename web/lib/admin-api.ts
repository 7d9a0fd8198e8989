// What the admin page asks the web server; app/api/admin answers.
import { askServer } from './auth-api';

/** An account, as server/admin.ts describes it. Instants are ISO 8601. */
export interface AdminPerson {
  id: string;
  email: string;
  name: string;
  confirmed: boolean;
  createdAt: string;
  lastSeenAt: string | null;
  operator: 'made' | 'configured' | null;
  disabled: boolean;
  /** Whether a second factor is required and missing. */
  lacksFactor: boolean;
  eraseAt: string | null;
}

/** What can be done to one. */
export type AdminAction = 'disable' | 'enable' | 'delete' | 'keep' | 'promote' | 'demote';

/** A page of people. */
export interface PeoplePage {
  items: AdminPerson[];
  next: string | null;
  signUp: { mode: 'open' | 'invitation' | 'domain' | 'closed'; domains: string[] };
}

/** An invitation that can be used still. */
export interface AdminInvitation {
  id: string;
  email: string | null;
  maxUses: number;
  uses: number;
  expiresAt: string;
}

/** Something that an operator did. */
export interface AdminEntry {
  id: string;
  at: string;
  action: string;
  byCommand: boolean;
  operator: string | null;
  subject: string | null;
}

/** Asks a route of the admin page. @throws AuthError with a sentence for the person */
export async function askAdmin<T>(path: string, method = 'GET', body?: unknown): Promise<T> {
  return await askServer<T>(`/api/admin${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
}
