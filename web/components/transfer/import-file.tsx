'use client';
// Brings tasks in from a file: choose it, read the report, store it.
import { useEffect, useRef, type ReactNode } from 'react';
import { CircleAlert, CircleCheckBig } from 'lucide-react';
import Link from 'next/link';
import { useText } from '@/lib/session';
import { Button } from '../ui/button';
import { EarlierImports } from './earlier-imports';
import { FileChooser } from './file-chooser';
import { ReportView } from './report-view';
import { UndoImport } from './undo-import';
import { useImport, type ImportSteps } from './use-import';
import { useTransferText } from './use-transfer-text';
import { Working } from './working';

export function ImportFile() {
  const text = useTransferText();
  const steps = useImport();
  return (
    <section aria-labelledby="import">
      <h2 id="import" className="text-base font-semibold">
        {text.import}
      </h2>
      <p className="mt-0.5 mb-3 text-sm text-muted">{text.importHint}</p>
      <Step steps={steps} />
      <EarlierImports except={shownId(steps.state)} />
    </section>
  );
}

/** The import that is shown above the earlier ones. */
function shownId(state: ImportSteps['state']): string | null {
  if (state.phase === 'done') return state.report.importId;
  return state.phase === 'importing' || state.phase === 'stopped' ? (state.id ?? null) : null;
}

function Step({ steps }: { steps: ImportSteps }) {
  const text = useTransferText();
  const { retry } = useText();
  const { state, choose, reset } = steps;
  switch (state.phase) {
    case 'none':
      return <FileChooser onChoose={choose} problem={state.refusal} />;
    case 'checking':
      return (
        <Working label={text.checking(state.file.name)} progress={state.progress}>
          <Button variant="outline" size="sm" onClick={reset}>
            {text.stop}
          </Button>
        </Working>
      );
    case 'checkFailed':
      return (
        <div className="grid gap-4">
          <Trouble title={text.checkFailed(state.file.name)} problem={state.problem}>
            {state.canRetry ? (
              <Button
                variant="outline"
                size="sm"
                onClick={() => {
                  choose([state.file]);
                }}
              >
                {retry}
              </Button>
            ) : null}
          </Trouble>
          <FileChooser onChoose={choose} />
        </div>
      );
    case 'report':
      return (
        <ReportView state={state} steps={steps}>
          {state.problem === undefined ? null : (
            <Trouble title={text.importFailed(state.file.name)} problem={state.problem}>
              <p className="text-sm">{text.importFailedHint}</p>
            </Trouble>
          )}
        </ReportView>
      );
    case 'importing':
      return (
        <Working label={text.importing(state.tasks)} progress={state.progress}>
          <p className="text-sm text-muted">
            {state.id === undefined ? text.sendingHint : text.importingHint}
          </p>
          {state.id === undefined ? null : (
            <Button variant="outline" size="sm" onClick={steps.cancel}>
              {text.stop}
            </Button>
          )}
        </Working>
      );
    case 'done':
      return <Summary state={state} onAgain={reset} />;
    case 'stopped':
      return <Stopped state={state} onAgain={reset} />;
  }
}

function Trouble({
  title,
  problem,
  children,
}: {
  title: string;
  problem: string;
  children: ReactNode;
}) {
  return (
    <div
      role="alert"
      className="flex flex-wrap items-start gap-3 rounded-lg border border-danger/40 bg-danger-soft p-4 text-danger-text"
    >
      <CircleAlert aria-hidden className="size-5 shrink-0" />
      <div className="grid min-w-0 flex-1 justify-items-start gap-1.5">
        <p className="font-medium [overflow-wrap:anywhere]">{title}</p>
        <p className="text-sm [overflow-wrap:anywhere]">{problem}</p>
        {children}
      </div>
    </div>
  );
}

function Stopped({
  state: { file, id, tasks, problem },
  onAgain,
}: {
  state: Extract<ImportSteps['state'], { phase: 'stopped' }>;
  onAgain: () => void;
}) {
  const text = useTransferText();
  return (
    <div className="grid justify-items-start gap-3">
      {problem === undefined ? (
        <p role="status" className="font-medium">
          {text.stopped(tasks)}
        </p>
      ) : (
        <Trouble title={text.importFailed(file.name)} problem={problem}>
          <p className="text-sm">{text.failed(tasks)}</p>
        </Trouble>
      )}
      {tasks === 0 ? null : (
        <UndoImport made={{ id, tasks, deleted: 0, undoneAt: null }} label={text.undo} />
      )}
      <Button variant="outline" onClick={onAgain}>
        {text.again}
      </Button>
    </div>
  );
}

function Summary({
  state: { file, report },
  onAgain,
}: {
  state: Extract<ImportSteps['state'], { phase: 'done' }>;
  onAgain: () => void;
}) {
  const text = useTransferText();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
  }, []);
  const facts = [
    [report.changed, text.counts.changed],
    [report.duplicates, text.counts.duplicates],
    [report.merged, text.counts.merged],
    [report.leftOut, text.counts.leftOut],
  ] as const;
  return (
    <div className="grid gap-3 rounded-lg border bg-panel p-5">
      <h3
        ref={heading}
        tabIndex={-1}
        className="flex items-center gap-2.5 font-medium outline-none"
      >
        <CircleCheckBig aria-hidden className="size-5 shrink-0 text-good-text" />
        {report.created === 0 ? text.importedNone : text.imported(report.created)}
      </h3>
      <p className="text-sm text-muted [overflow-wrap:anywhere]">
        {text.importedFrom(file.name)}{' '}
        {facts
          .filter(([number]) => number > 0)
          .map(([number, label]) => `${label}: ${number}`)
          .join(' · ')}
      </p>
      {report.newLists.length === 0 ? null : (
        <p className="text-sm [overflow-wrap:anywhere]">
          {text.madeLists(report.newLists.length)}:{' '}
          {report.newLists.map((name, n) => (
            <span key={n}>
              {n === 0 ? null : ', '}
              <bdi>{name}</bdi>
            </span>
          ))}
        </p>
      )}
      {report.importId === null ? null : (
        <UndoImport
          made={{ id: report.importId, tasks: report.created, deleted: 0, undoneAt: null }}
          label={text.undo}
        />
      )}
      <div className="flex flex-wrap gap-2">
        <Button asChild>
          <Link href="/all">{text.see}</Link>
        </Button>
        <Button variant="outline" onClick={onAgain}>
          {text.again}
        </Button>
      </div>
    </div>
  );
}
