// A file of an import, read to its end: the format is recognised, every entry is kept aside, and it is known whose subtask each
// one is. Nothing is stored here. Memory stays bounded: the file is never held as a whole (see staging.ts). The same bytes
// read for the same person at the same instant give the same entries, which is what lets another process continue an import.
import { invalidInput, Problem } from '@todo/contracts/problem';
import { MAX_DEPTH } from '../tasks/input.ts';
import { readBodyText } from './body-text.ts';
import { breather } from './breather.ts';
import { contentNames, isWorldwide, keptName } from './entry-names.ts';
import type { ReadContext, Reader } from './entry.ts';
import { recognise } from './recognise.ts';
import { createStaging } from './staging.ts';
import type { Staging } from './staging.ts';
import { arrange } from './tree.ts';
import type { Tree, TreeEntry } from './tree.ts';

/** Entries of one file. */
export const MAX_ENTRIES = 100_000;

/** Between two notes of progress so many entries are read, at least. */
export const PROGRESS_EVERY = 500;

/** An entry's place, and the name it is recognised by later. */
export interface ImportedEntry extends TreeEntry {
  readonly name: string;
}

/** A file that was read. */
export interface ReadFile {
  readonly reader: Reader;
  readonly staging: Staging;
  readonly entries: readonly ImportedEntry[];
  readonly tree: Tree;
  /** The name of the encoding it was read in. */
  readonly encoding: string;
  /** SHA-256 of its bytes, base64. */
  readonly hash: string;
  /** The instant it was read at: "today" of its words. */
  readonly now: Date;
}

/**
 * Reads a file. @param type the media type the client sent; the content decides where the two differ
 * @param onEntries told how many entries were read, every few hundred; what it throws ends the reading
 * @throws Problem 400 when it is of no known format or empty, 413 when it is too large
 */
export async function readFile(
  body: AsyncIterable<Buffer | string>,
  type: string | undefined,
  context: ReadContext,
  onEntries?: (entries: number) => void,
): Promise<ReadFile> {
  const file = await readBodyText(body);
  const reader = recognise(file.head, type, context);
  const staging = createStaging();
  const entries: ImportedEntry[] = [];
  const pause = breather();
  const nameByContent = contentNames();
  for await (const read of reader.entries(file.text)) {
    if (entries.length >= MAX_ENTRIES)
      throw new Problem(
        413,
        'too-large',
        `A file may have ${MAX_ENTRIES} entries. Split it and import the parts one by one.`,
      );
    const uid = read.uid ? keptName(read.uid) : undefined;
    const parentUid = read.parentUid ? keptName(read.parentUid) : undefined;
    const isKnownAs = uid !== undefined && (reader.hasWorldwideUids || isWorldwide(uid));
    const byContent = (): string => nameByContent(read.content);
    entries.push({
      uid,
      parentUid,
      childUids: read.childUids?.map(keptName),
      isAside: read.isAside,
      name: read.name ? keptName(read.name) : isKnownAs ? uid : byContent(),
    });
    await staging.add({ ...read, uid, parentUid });
    if (entries.length % PROGRESS_EVERY === 0) onEntries?.(entries.length);
    await pause();
  }
  if (entries.length === 0 && reader.lists().length === 0)
    throw invalidInput([
      { field: '(body)', message: `contains no tasks (read as ${reader.format})` },
    ]);
  const tree = arrange(entries, MAX_DEPTH);
  const { encoding } = file;
  return { reader, staging, entries, tree, encoding, hash: file.hash(), now: context.now };
}
