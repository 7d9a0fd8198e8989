// The version of an item as HTTP says it (RFC 9110 13.1). The task's id is part of it: an address goes on to the next task when an
// occurrence of a series is finished.
import { Problem } from '@todo/contracts/problem';
import type { Item } from './item-rows.ts';

/** What a request asks of the item it writes. */
export interface Preconditions {
  /** If-Match as it was sent. */
  readonly ifMatch?: string | undefined;
  /** If-None-Match as it was sent. */
  readonly ifNoneMatch?: string | undefined;
}

/** The item's ETag, with its quotation marks. */
export function itemTag({ task: { id, version } }: Pick<Item, 'task'>): string {
  return `"${id.slice(-12)}-${version}"`;
}

/** Whether a header of entity tags names one. `*` names every one there is. */
export function namesTag(header: string, tag: string): boolean {
  return (
    header.trim() === '*' || header.split(',').some((one) => one.trim().replace(/^W\//, '') === tag)
  );
}

/** @throws Problem 412 */
export function checkPreconditions(wanted: Preconditions, current: Item | undefined): void {
  const { ifMatch, ifNoneMatch } = wanted;
  const tag = current && itemTag(current);
  if (ifMatch !== undefined && (tag === undefined || !namesTag(ifMatch, tag)))
    throw failed('If-Match', tag);
  if (ifNoneMatch !== undefined && tag !== undefined && namesTag(ifNoneMatch, tag))
    throw failed('If-None-Match', tag);
}

function failed(header: string, tag: string | undefined): Problem {
  return new Problem(
    412,
    'version-conflict',
    tag === undefined
      ? `There is no such item, so ${header} cannot be met. Synchronize first.`
      : `${header} is not met: the item has another version. Read it again and repeat your change.`,
    tag === undefined ? {} : { headers: { etag: tag } },
  );
}
