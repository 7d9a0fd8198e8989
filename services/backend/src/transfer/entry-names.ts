// What entries are called, so that the same file imported again is recognised. A UID of a calendar or a UUID is one name in the
// world; "3" in a spreadsheet is not, and many formats name nothing: such an entry is called by its content.
import { createHash } from 'node:crypto';
import { MAX_UID } from '../tasks/imported-uids.ts';

/** Names entries by their content; the second of two equal entries of a file has another name than the first. */
export function contentNames(): (content: unknown) => string {
  const copies = new Map<string, number>();
  return (content) => {
    const hash = createHash('sha256').update(JSON.stringify(content)).digest('base64url');
    const copy = (copies.get(hash) ?? 0) + 1;
    copies.set(hash, copy);
    return `content:${hash}:${copy}`;
  };
}

/** Whether a name is one that no other file gives to something else. */
export function isWorldwide(uid: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(uid) || uid.startsWith('content:');
}

/** A name as it can be kept: a very long one by its hash. */
export function keptName(uid: string): string {
  const kept = uid.replaceAll('\0', '').toWellFormed();
  if (kept.length <= MAX_UID) return kept;
  return `sha256:${createHash('sha256').update(kept).digest('base64url')}`;
}
