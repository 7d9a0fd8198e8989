// Who is whose subtask in a file. The order of a file says nothing (RFC 5545 3.6): a child may come first, name a parent that is
// not there, or be its own grandparent.

/** What is known of an entry's place. */
export interface TreeEntry {
  readonly uid?: string | undefined;
  readonly parentUid?: string | undefined;
  readonly childUids?: readonly string[] | undefined;
  readonly isAside?: boolean | undefined;
}

/** Each entry's place, by its number in the file. */
export interface Tree {
  /** The number of the parent in the file; -1: none there. */
  readonly parents: Int32Array;
  /** How many entries of the file are above. */
  readonly levels: Uint8Array;
  readonly deepest: number;
  /** Entries whose parents named each other in a circle; they are on top now. */
  readonly cut: ReadonlySet<number>;
  /** Parents that are named but not in the file, by the entry's number. */
  readonly missing: ReadonlyMap<number, string>;
  /** Entries moved up to the deepest level that is allowed. */
  readonly raised: ReadonlySet<number>;
  /** The number of the first entry with a name. */
  readonly byUid: ReadonlyMap<string, number>;
}

/** Finds every entry's parent. @param maxAbove most entries above one; deeper ones move up */
export function arrange(entries: readonly TreeEntry[], maxAbove: number): Tree {
  const byUid = new Map<string, number>();
  entries.forEach(({ uid, isAside }, index) => {
    if (uid !== undefined && isAside !== true && !byUid.has(uid)) byUid.set(uid, index);
  });
  const parents = new Int32Array(entries.length).fill(-1);
  const missing = new Map<number, string>();
  entries.forEach(({ childUids }, index) => {
    for (const uid of childUids ?? []) {
      const child = byUid.get(uid);
      if (child !== undefined && child !== index) parents[child] = index;
    }
  });
  entries.forEach(({ parentUid, isAside }, index) => {
    if (parentUid === undefined || isAside === true) return;
    const parent = byUid.get(parentUid);
    if (parent !== undefined) parents[index] = parent;
    else if (parents[index] === -1) missing.set(index, parentUid);
  });
  const cut = cutCircles(parents);
  const levels = new Uint8Array(entries.length);
  const raised = new Set<number>();
  let deepest = 0;
  for (let index = 0; index < entries.length; index += 1) {
    const path = pathUp(parents, levels, index);
    for (const one of path.reverse()) {
      let parent = parents[one] ?? -1;
      while (parent >= 0 && (levels[parent] ?? 0) >= maxAbove) {
        parent = parents[parent] ?? -1;
        raised.add(one);
      }
      parents[one] = parent;
      levels[one] = parent < 0 ? 0 : (levels[parent] ?? 0) + 1;
      deepest = Math.max(deepest, levels[one] ?? 0);
    }
  }
  return { parents, levels, deepest, cut, missing, raised, byUid };
}

/** The entry and those above it whose level is not known yet, nearest first. */
function pathUp(parents: Int32Array, levels: Uint8Array, start: number): number[] {
  const path: number[] = [];
  for (let index = start; index >= 0 && (levels[index] ?? 0) === 0; index = parents[index] ?? -1)
    path.push(index);
  return path;
}

function cutCircles(parents: Int32Array): Set<number> {
  const cut = new Set<number>();
  /** 0: not seen, 1: on the path walked now, 2: leads to a top. */
  const state = new Uint8Array(parents.length);
  for (let start = 0; start < parents.length; start += 1) {
    const path: number[] = [];
    let index = start;
    while (index >= 0 && state[index] === 0) {
      state[index] = 1;
      path.push(index);
      index = parents[index] ?? -1;
    }
    if (index >= 0 && state[index] === 1) {
      parents[index] = -1;
      cut.add(index);
    }
    for (const one of path) state[one] = 2;
  }
  return cut;
}
