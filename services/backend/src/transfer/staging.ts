// The entries of a file until the whole of it was read: a parent may come after its child, a time zone after its use. Kept as
// compressed batches outside of JavaScript's heap, about a tenth of the file: 100,000 tasks take some ten megabytes.
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { breather } from './breather.ts';
import type { StagedEntry } from './entry.ts';

const pack = promisify(deflateRaw);
const unpack = promisify(inflateRaw);

/** Entries of one batch: the unit of compression and of an insert. */
const BATCH = 500;

/** An entry and its number in the file, from 0. */
export interface Numbered {
  readonly index: number;
  readonly entry: StagedEntry;
}

/** The entries of one file. */
export interface Staging {
  readonly count: () => number;
  readonly add: (entry: StagedEntry) => Promise<void>;
  /** The entries that `pick` chooses, in the order of the file, a batch at a time. */
  readonly read: (pick: (index: number) => boolean) => AsyncGenerator<Numbered[]>;
}

/** Makes an empty one. */
export function createStaging(): Staging {
  const packed: Buffer[] = [];
  let open: StagedEntry[] = [];
  const pause = breather();
  return {
    count: () => packed.length * BATCH + open.length,
    add: async (entry) => {
      open.push(entry);
      if (open.length < BATCH) return;
      const full = open;
      open = [];
      packed.push(await pack(JSON.stringify(full), { level: 1 }));
    },
    read: async function* (pick) {
      for (let batch = 0; batch <= packed.length; batch += 1) {
        const first = batch * BATCH;
        const buffer = packed[batch];
        const size = buffer ? BATCH : open.length;
        const wanted = Array.from({ length: size }, (_, n) => first + n).filter(pick);
        if (wanted.length === 0) continue;
        const entries = buffer
          ? (JSON.parse((await unpack(buffer)).toString('utf8')) as StagedEntry[])
          : open;
        await pause();
        yield wanted.map((index) => ({ index, entry: entries[index - first] as StagedEntry }));
      }
    },
  };
}
