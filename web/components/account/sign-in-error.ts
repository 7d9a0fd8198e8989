// Errors of the web server's account routes as a section of settings shows them.
import { AuthError } from '@/lib/auth-api';

/** @param failed what is said where the answer had no words of its own */
export function signInError(failed: string): (error: Error) => AuthError {
  return (error) => (error instanceof AuthError ? error : new AuthError(0, failed));
}
