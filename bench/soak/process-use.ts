// What a process of this machine holds, as Linux counts it: works for any program, instrumented or not.
import { readdirSync, readFileSync } from 'node:fs';

const PAGE_BYTES = 4_096;

/** Memory and handles of a process. */
export interface ProcessUse {
  /** Resident memory. */
  readonly residentBytes: number;
  /** Open files, sockets and pipes. */
  readonly handles: number;
}

/** Reads it from /proc (proc(5)); undefined when the process is not there. */
export function processUse(pid: number): ProcessUse | undefined {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
    return { residentBytes: pages * PAGE_BYTES, handles: readdirSync(`/proc/${pid}/fd`).length };
  } catch {
    return undefined;
  }
}
