// How long a password must be, for the forms and for the server. NIST SP 800-63B-4 (August 2025), section 3.1.1.2: at least
// 15 characters where a password is the only factor, at least 64 allowed, no rules about its characters. Only new passwords
// are checked; an older, shorter one goes on working until its owner changes it.

/** Code points, as the standard counts characters. */
export const MIN_PASSWORD_LENGTH = 15;
/** UTF-16 units, as better-auth counts; a bound for what is hashed. */
export const MAX_PASSWORD_LENGTH = 256;

/** Whether a new password has enough characters. */
export function isLongEnough(password: string): boolean {
  // eslint-disable-next-line @typescript-eslint/no-misused-spread -- code points are what is counted
  return [...password].length >= MIN_PASSWORD_LENGTH;
}
