'use client';
// The way of a file from the person's disk to their tasks: checked first, stored when they say so.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { ApiError, randomKey } from '@/lib/api';
import { taskKeys } from '@/lib/task-query';
import {
  importsOptions,
  MAX_FILE_BYTES,
  sendFile,
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
  | { phase: 'report'; file: File; report: ImportReport; duplicates: Duplicates; problem?: string }
  | { phase: 'importing'; file: File; tasks: number; progress?: ImportProgress }
  | { phase: 'done'; file: File; report: ImportReport };

/** What can be done about it. */
export interface ImportSteps {
  state: ImportState;
  choose: (files: FileList | readonly File[]) => void;
  setDuplicates: (duplicates: Duplicates) => void;
  run: () => void;
  /** Stops a check; leaves a report or a summary. */
  reset: () => void;
}

/** The import of one file after the other. */
export function useImport(): ImportSteps {
  const text = useTransferText();
  const client = useQueryClient();
  const [state, setState] = useState<ImportState>({ phase: 'none' });
  const underway = useRef<AbortController>(null);
  /** An import that is sent again after a lost connection is the same import. */
  const keys = useRef(new Map<Duplicates, string>());
  const isImporting = state.phase === 'importing';

  useEffect(
    () => () => {
      underway.current?.abort();
    },
    [],
  );
  useEffect(() => {
    if (!isImporting) return;
    const ask = (event: BeforeUnloadEvent) => {
      event.preventDefault();
    };
    window.addEventListener('beforeunload', ask);
    return () => {
      window.removeEventListener('beforeunload', ask);
    };
  }, [isImporting]);

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
    const [field] = error.fields;
    if (field === undefined) return error.message;
    return field.field === '(body)' ? field.message : `${field.field}: ${field.message}`;
  };

  const check = (file: File): void => {
    const signal = begin();
    keys.current = new Map();
    setState({ phase: 'checking', file });
    sendFile(file, { dryRun: true, duplicates: 'skip', signal, onProgress }).then(
      (report) => {
        setState({ phase: 'report', file, report, duplicates: 'skip' });
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
    setDuplicates: (duplicates) => {
      setState((now) => (now.phase === 'report' ? { ...now, duplicates } : now));
    },
    run: () => {
      if (state.phase !== 'report') return;
      const { file, report, duplicates } = state;
      const signal = begin();
      const key = keys.current.get(duplicates) ?? randomKey();
      keys.current.set(duplicates, key);
      const tasks = tasksOf(report, duplicates);
      setState({ phase: 'importing', file, tasks });
      sendFile(file, { dryRun: false, duplicates, key, signal, onProgress }).then(
        (stored) => {
          setState({ phase: 'done', file, report: stored });
          void client.invalidateQueries({ queryKey: taskKeys.all });
          void client.invalidateQueries({ queryKey: importsOptions.queryKey });
        },
        async (error: unknown) => {
          const problem = await whyFailed(error, file);
          if (problem !== undefined && !signal.aborted)
            setState({ phase: 'report', file, report, duplicates, problem });
        },
      );
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

/** How many tasks an import will store. */
export function tasksOf(report: ImportReport, duplicates: Duplicates): number {
  return report.tasks + (duplicates === 'add' ? report.duplicates : 0);
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
