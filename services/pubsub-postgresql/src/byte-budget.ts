// How many payload bytes the subscriptions of a component may hold together: bounds the process's memory.

/** The bytes that are left. */
export interface ByteBudget {
  /**
   * Sets bytes aside before a claim; give them back after it, and `use` what it really brought.
   * @param most - the most that is wanted
   * @param needed - the caller holds nothing: it gets at least one byte, which lets one message through, so that no
   *   subscription waits for ever because of others
   * @returns 0 when nothing is left
   */
  take: (most: number, needed: boolean) => number;
  /** Takes note of bytes that are held now; can go over the limit by one message a claim. */
  use: (bytes: number) => void;
  give: (bytes: number) => void;
  /** Calls back when bytes became free; returns what ends that. */
  onFree: (callback: () => void) => () => void;
}

/** @param limit - bytes in all */
export function createByteBudget(limit: number): ByteBudget {
  const worthAClaim = limit / 4; // with less left, a large message would go over the limit for little
  let free = limit;
  const waiting = new Set<() => void>();
  return {
    take: (most, needed) => {
      const bytes = free >= worthAClaim ? Math.min(most, free) : needed ? 1 : 0;
      free -= bytes;
      return bytes;
    },
    use: (bytes) => {
      free -= bytes;
    },
    give: (bytes) => {
      if (bytes === 0) return;
      free += bytes;
      for (const callback of waiting) callback();
    },
    onFree: (callback) => {
      waiting.add(callback);
      return () => {
        waiting.delete(callback);
      };
    },
  };
}
