// Files of tasks on the wire: what an import reports, and how a file is sent.
import { queryOptions } from '@tanstack/react-query';
import type { Task } from '@todo/contracts/task';
import { call, problemOf, queryString, signInAgain } from './api';
import { newTrace } from './random-ids';
import { ApiError, problemFrom, type ProblemAnswer } from './api-error';

/** What became of an entry. */
export type Outcome = 'read' | 'changed' | 'duplicate' | 'merged' | 'left out';

/** What an entry is shown as: duplicates that changed their task are apart from the others. */
export function outcomeOf({ outcome, merged }: ReportedEntry): Outcome {
  return merged === true ? 'merged' : outcome;
}

/** One entry of a file in a report. */
export interface ReportedEntry {
  /** Its number in the file, from 1. */
  entry: number;
  line?: number;
  title?: string;
  outcome: Exclude<Outcome, 'merged'>;
  merged?: true;
  /** Of an entry that is a task already: what it was recognised by. */
  match?: 'id' | 'content';
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
  /** Entries that changed the task they are already. */
  merged: number;
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
  /** Tasks that it changed. */
  merged: number;
  state: 'waiting' | 'running' | 'done' | 'failed' | 'canceled';
  /** Null once it has ended. */
  progress: ImportProgress | null;
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
  /** Once it has ended. */
  report: ImportReport | null;
  problem: ProblemAnswer | null;
}

/** Between two questions about an import that is under way, ms. */
const ASK_EVERY_MS = 1_000;

/** Whether an import goes on. */
export function isUnderWay({ state }: Pick<StoredImport, 'state'>): boolean {
  return state === 'waiting' || state === 'running';
}

/** The newest imports; asked for again and again while one is under way. */
export const importsOptions = queryOptions({
  queryKey: ['imports'],
  queryFn: ({ signal }) => call<{ items: StoredImport[] }>('/imports', { signal }),
  select: (page) => page.items,
  refetchInterval: ({ state }) =>
    state.data?.items.some(isUnderWay) === true ? ASK_EVERY_MS : false,
});

/** Stops an import. What it stored stays. */
export async function cancelImport(id: string): Promise<ImportState> {
  return await call<ImportState>(`/imports/${id}/cancel`, { method: 'POST' });
}

/**
 * Waits until an import has ended, also while the connection is away.
 * @param onState told how far it is
 * @throws ApiError when the import is gone; AbortError
 */
export async function followImport(
  id: string,
  signal: AbortSignal,
  onState: (state: ImportState) => void,
): Promise<ImportState> {
  for (let wait = 200; ; wait = ASK_EVERY_MS) {
    await new Promise((next) => setTimeout(next, wait));
    signal.throwIfAborted();
    try {
      const state = await call<ImportState>(`/imports/${id}`, { signal });
      if (!isUnderWay(state)) return state;
      onState(state);
    } catch (error) {
      if (!(error instanceof ApiError) || (error.status > 0 && error.status < 429)) throw error;
    }
  }
}

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
export const DUPLICATES = ['skip', 'merge', 'add'] as const;
/** See {@link DUPLICATES}. */
export type Duplicates = (typeof DUPLICATES)[number];

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

/** What to do with entries that are tasks already: all of them, and single ones by their number. */
export interface DuplicateChoice {
  all: Duplicates;
  single: ReadonlyMap<number, Duplicates>;
}

/**
 * Has a file checked; nothing is stored. A large one is answered with lines of JSON: how far it is, and the report last.
 * @throws ApiError; a session that has ended also leads to the sign-in page
 */
export async function checkFile(
  file: File,
  signal: AbortSignal,
  onProgress: (progress: ImportProgress) => void,
): Promise<ImportReport> {
  return await send(file, { dryRun: 'true' }, { accept: `${LINES}, application/json` }, signal, {
    answer: async (response) =>
      response.body !== null && isLines(response)
        ? await lastLine(response.body, onProgress)
        : ((await response.json()) as ImportReport),
  });
}

/**
 * Sends a file to be imported, which goes on by itself from then on.
 * @param key the same key again is the same import
 * @returns the import's id
 * @throws ApiError; a session that has ended also leads to the sign-in page
 */
export async function startImport(
  file: File,
  { all, single }: DuplicateChoice,
  key: string,
  signal: AbortSignal,
): Promise<string> {
  const choices = [...single].map(([entry, choice]) => `${entry}=${choice}`).join(',');
  const query = { duplicates: all, ...(choices === '' ? {} : { choices }) };
  const headers = { prefer: 'respond-async', 'idempotency-key': key };
  return await send(file, query, headers, signal, {
    answer: async (response) => ((await response.json()) as { id: string }).id,
  });
}

async function send<T>(
  file: File,
  query: Record<string, string>,
  headers: Record<string, string>,
  signal: AbortSignal,
  { answer }: { answer: (response: Response) => Promise<T> },
): Promise<T> {
  const end = /\.([^.]+)$/.exec(file.name)?.[1]?.toLowerCase() ?? '';
  let response: Response;
  try {
    response = await fetch(
      `/api/v1/import${queryString({ ...query, match: 'content', name: file.name.slice(0, 1_000) })}`,
      {
        method: 'POST',
        headers: {
          accept: 'application/json',
          'content-type': TYPES[end] ?? 'application/octet-stream',
          traceparent: newTrace(),
          ...headers,
        },
        body: file,
        signal,
      },
    );
    if (response.ok) return await answer(response);
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
        problem?: ProblemAnswer;
      };
      if (report) return report;
      if (problem) throw problemFrom(problem);
      if (progress) onProgress(progress);
    }
  }
}
