// Files of tasks on the wire: what an import reports, and how a file is sent.
import { queryOptions } from '@tanstack/react-query';
import type { Task } from '@todo/contracts/task';
import {
  ApiError,
  call,
  newTrace,
  problemOf,
  queryString,
  signInAgain,
  type FieldError,
} from './api';

/** What became of an entry. */
export type Outcome = 'read' | 'changed' | 'duplicate' | 'left out';

/** One entry of a file in a report. */
export interface ReportedEntry {
  /** Its number in the file, from 1. */
  entry: number;
  line?: number;
  title?: string;
  outcome: Outcome;
  /** Only before the import, for an entry that becomes a task. */
  becomes?: Pick<Task, 'due' | 'priority' | 'tags' | 'status'> & {
    list: string | null;
    rule: string | null;
    reminders: number;
    isSubtask: boolean;
  };
  notes: { property: string; outcome: 'changed' | 'left out'; why: string }[];
}

/** What the API says of a file, before its import and after it. */
export interface ImportReport {
  /** By which it can be taken back; null: nothing was stored. */
  importId: string | null;
  format: string;
  encoding: string;
  read: number;
  created: number;
  tasks: number;
  changed: number;
  duplicates: number;
  leftOut: number;
  newLists: string[];
  remarks: string[];
  entries: ReportedEntry[];
  entriesOmitted: number;
}

/** An import that stored something. */
export interface StoredImport {
  id: string;
  name: string | null;
  format: string;
  createdAt: string;
  tasks: number;
  /** Tasks that its undo deleted so far. */
  deleted: number;
  undoneAt: string | null;
}

/** An import with its tasks that are still there. */
export interface ImportState extends StoredImport {
  /** At most 100. */
  kept: { id: string; title: string }[];
  keptCount: number;
  /** False: the undo goes on with the next call. */
  done: boolean;
}

/** The newest imports. */
export const importsOptions = queryOptions({
  queryKey: ['imports'],
  queryFn: ({ signal }) => call<{ items: StoredImport[] }>('/imports', { signal }),
  select: (page) => page.items,
});

/** Takes an import back, however many calls that takes. @param onProgress told how many tasks are deleted so far */
export async function undoImport(
  id: string,
  onProgress: (deleted: number) => void,
): Promise<ImportState> {
  for (;;) {
    const state = await call<ImportState>(`/imports/${id}/undo`, { method: 'POST' });
    if (state.done) return state;
    onProgress(state.deleted);
  }
}

/** What to do with entries that are there already. */
export type Duplicates = 'skip' | 'add';

/** Media types by the end of a file's name; the content decides where they are wrong. */
const TYPES: Record<string, string> = {
  json: 'application/json',
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  ics: 'text/calendar',
  ical: 'text/calendar',
  txt: 'text/plain',
  md: 'text/markdown',
  markdown: 'text/markdown',
};

/** Ends of file names that the chooser offers. */
export const ACCEPTED = Object.keys(TYPES)
  .map((end) => `.${end}`)
  .join(',');

/** Files larger than this are refused by the API, in bytes. */
export const MAX_FILE_BYTES = 192 * 1024 * 1024;

/** Media type of lines of JSON. */
const LINES = 'application/x-ndjson';

/** How far an import is. */
export interface ImportProgress {
  stage: 'reading' | 'storing';
  entries: number;
  /** Of how many; unknown while the file is read. */
  of?: number;
}

/** The formats of an export, best first. */
export const EXPORT_FORMATS = ['json', 'csv', 'ics', 'txt', 'md'] as const;
/** See {@link EXPORT_FORMATS}. */
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Where an export is downloaded from. @param lists only these (`none`: tasks without a list); empty: everything */
export function exportAddress(format: ExportFormat, lists: readonly string[]): string {
  return `/api/v1/export?${new URLSearchParams([
    ['format', format],
    ...lists.map((id) => ['list', id]),
  ]).toString()}`;
}

/**
 * Sends a file to the import. A large one is answered with lines of JSON: how far it is, and the report last.
 * @param options `key`: the same key again is the same import; without `dryRun` it stores
 * @throws ApiError; a session that has ended also leads to the sign-in page
 */
export async function sendFile(
  file: File,
  options: {
    dryRun: boolean;
    duplicates: Duplicates;
    key?: string;
    signal: AbortSignal;
    onProgress: (progress: ImportProgress) => void;
  },
): Promise<ImportReport> {
  const { dryRun, duplicates, key, signal, onProgress } = options;
  const end = /\.([^.]+)$/.exec(file.name)?.[1]?.toLowerCase() ?? '';
  let response: Response;
  try {
    response = await fetch(
      `/api/v1/import${queryString({ dryRun: String(dryRun), duplicates, name: file.name.slice(0, 1_000) })}`,
      {
        method: 'POST',
        headers: {
          accept: `${LINES}, application/json`,
          'content-type': TYPES[end] ?? 'application/octet-stream',
          traceparent: newTrace(),
          ...(key === undefined ? {} : { 'idempotency-key': key }),
        },
        body: file,
        signal,
      },
    );
    if (response.ok && response.body !== null && isLines(response))
      return await lastLine(response.body, onProgress);
    if (response.ok) return (await response.json()) as ImportReport;
  } catch (error) {
    if (error instanceof ApiError) throw error;
    if ((error as Error).name === 'AbortError') throw error;
    throw new ApiError(0, 'offline');
  }
  const problem = await problemOf(response);
  if (response.status === 401) signInAgain();
  throw problem;
}

function isLines(response: Response): boolean {
  return response.headers.get('content-type')?.startsWith(LINES) === true;
}

/** Reads lines of JSON to the report. @throws ApiError for a problem instead, or status 0 where the lines end without either */
async function lastLine(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  onProgress: (progress: ImportProgress) => void,
): Promise<ImportReport> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new ApiError(0, 'offline');
    const lines = (rest + value).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const { progress, report, problem } = JSON.parse(line) as {
        progress?: ImportProgress;
        report?: ImportReport;
        problem?: { status: number; detail: string; errors?: FieldError[] };
      };
      if (report) return report;
      if (problem) throw new ApiError(problem.status, problem.detail, problem.errors ?? []);
      if (progress) onProgress(progress);
    }
  }
}
