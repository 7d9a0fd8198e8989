'use client';
// The way of a file from the person's disk to their tasks: checked first, stored when they say so.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { randomKey } from '@/lib/random-ids';
import { ApiError, problemFrom } from '@/lib/api-error';
import { reasonOf } from '@/lib/reason';
import { useText } from '@/lib/session';
import { taskKeys } from '@/lib/task-query';
import {
  cancelImport,
  checkFile,
  followImport,
  importsOptions,
  MAX_FILE_BYTES,
  startImport,
  type DuplicateChoice,
  type Duplicates,
  type ImportProgress,
  type ImportReport,
} from '@/lib/transfer';
import { useTransferText } from './use-transfer-text';

/** Where the file is on its way; `report` is the newest there is. */
export type ImportState =
  | { phase: 'none'; refusal?: string }
  | { phase: 'checking'; file: File; progress?: ImportProgress }
  | { phase: 'checkFailed'; file: File; problem: string; canRetry: boolean }
  | {
      phase: 'report';
      file: File;
      report: ImportReport;
      duplicates: DuplicateChoice;
      problem?: string;
    }
  /** `id`: it is stored and goes on by itself. */
  | { phase: 'importing'; file: File; tasks: number; id?: string; progress?: ImportProgress }
  | { phase: 'done'; file: File; report: ImportReport }
  /** It ended before its end; what it stored is there. `problem`: why, if nobody canceled it. */
  | { phase: 'stopped'; file: File; id: string; tasks: number; problem?: string };

/** What can be done about it. */
export interface ImportSteps {
  state: ImportState;
  choose: (files: FileList | readonly File[]) => void;
  /** @param entry only this one, by its number */
  setDuplicates: (duplicates: Duplicates, entry?: number) => void;
  run: () => void;
  /** Stops the import under way; what it stored stays. */
  cancel: () => void;
  /** Stops a check; leaves a report or a summary. */
  reset: () => void;
}

/** The import of one file after the other. */
export function useImport(): ImportSteps {
  const text = useTransferText();
  const main = useText();
  const client = useQueryClient();
  const [state, setState] = useState<ImportState>({ phase: 'none' });
  const underway = useRef<AbortController>(null);
  /** An import that is sent again after a lost connection is the same import. */
  const keys = useRef(new Map<string, string>());
  const isSending = state.phase === 'importing' && state.id === undefined;

  useEffect(
    () => () => {
      underway.current?.abort();
    },
    [],
  );
  useEffect(() => {
    if (!isSending) return;
    const ask = (event: BeforeUnloadEvent) => {
      event.preventDefault();
    };
    window.addEventListener('beforeunload', ask);
    return () => {
      window.removeEventListener('beforeunload', ask);
    };
  }, [isSending]);

  const begin = (): AbortSignal => {
    underway.current?.abort();
    underway.current = new AbortController();
    return underway.current.signal;
  };

  const onProgress = (progress: ImportProgress): void => {
    setState((now) =>
      now.phase === 'checking' || now.phase === 'importing' ? { ...now, progress } : now,
    );
  };

  /** Why a request failed; undefined when it was stopped. */
  const whyFailed = async (error: unknown, file: File): Promise<string | undefined> => {
    if ((error as Error).name === 'AbortError') return undefined;
    if (!(error instanceof ApiError)) return String(error);
    if (error.status === 0) return (await isReadable(file)) ? text.lostConnection : text.unreadable;
    return reasonOf(error, main);
  };

  const check = (file: File): void => {
    const signal = begin();
    keys.current = new Map();
    setState({ phase: 'checking', file });
    checkFile(file, signal, onProgress).then(
      (report) => {
        const duplicates = { all: 'skip', single: new Map() } as const;
        setState({ phase: 'report', file, report, duplicates });
      },
      async (error: unknown) => {
        const problem = await whyFailed(error, file);
        if (problem !== undefined && !signal.aborted)
          setState({ phase: 'checkFailed', file, problem, canRetry: mayPass(error) });
      },
    );
  };

  return {
    state,
    choose: (files) => {
      const [file] = files;
      if (file === undefined) return;
      if (files.length > 1) setState({ phase: 'none', refusal: text.oneFile });
      else if (file.size > MAX_FILE_BYTES)
        setState({ phase: 'none', refusal: text.tooLarge(MAX_FILE_BYTES / 1024 / 1024) });
      else check(file);
    },
    setDuplicates: (choice, entry) => {
      setState((now) => {
        if (now.phase !== 'report') return now;
        const { all, single } = now.duplicates;
        const duplicates: DuplicateChoice =
          entry === undefined
            ? { all: choice, single: new Map() }
            : { all, single: new Map(single).set(entry, choice) };
        return { ...now, duplicates };
      });
    },
    run: () => {
      if (state.phase !== 'report') return;
      const { file, report, duplicates } = state;
      const signal = begin();
      const choice = JSON.stringify([duplicates.all, ...duplicates.single]);
      const key = keys.current.get(choice) ?? randomKey();
      keys.current.set(choice, key);
      const { added } = effectOf(report, duplicates);
      setState({ phase: 'importing', file, tasks: added });
      const toTheEnd = async (): Promise<void> => {
        const id = await startImport(file, duplicates, key, signal);
        setState({ phase: 'importing', file, tasks: added, id });
        const ended = await followImport(id, signal, ({ progress }) => {
          if (progress !== null) onProgress(progress);
        });
        void client.invalidateQueries({ queryKey: taskKeys.all });
        void client.invalidateQueries({ queryKey: importsOptions.queryKey });
        if (ended.report !== null) setState({ phase: 'done', file, report: ended.report });
        else {
          const problem =
            ended.problem === null ? {} : { problem: reasonOf(problemFrom(ended.problem), main) };
          setState({ phase: 'stopped', file, id, tasks: ended.tasks, ...problem });
        }
      };
      toTheEnd().catch(async (error: unknown) => {
        const problem = await whyFailed(error, file);
        if (problem !== undefined && !signal.aborted)
          setState({ phase: 'report', file, report, duplicates, problem });
      });
    },
    cancel: () => {
      if (state.phase !== 'importing' || state.id === undefined) return;
      // how it ended is seen by whoever follows it
      void cancelImport(state.id).catch(() => undefined);
    },
    reset: () => {
      underway.current?.abort();
      setState({ phase: 'none' });
    },
  };
}

/** Whether the same file may be taken another time: it was not the file that was refused. */
function mayPass(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status >= 429);
}

/** What becomes of a file's entries: how many tasks are added, and how many entries are merged into tasks. */
export function effectOf(
  report: ImportReport,
  { all, single }: DuplicateChoice,
): { added: number; merged: number } {
  const chosen = [...single.values()];
  const count = (choice: Duplicates): number =>
    chosen.filter((one) => one === choice).length +
    (all === choice ? report.duplicates - single.size : 0);
  return { added: report.tasks + count('add'), merged: count('merge') };
}

/** Browsers fail a request whose file was changed or removed as if the network was down. */
async function isReadable(file: File): Promise<boolean> {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
