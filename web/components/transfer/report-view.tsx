'use client';
// What a file contains, before anything is stored: how much, what is left out and why, what is there already.
import { useEffect, useRef, type ReactNode } from 'react';
import {
  DUPLICATES,
  type DuplicateChoice,
  type Duplicates,
  type ImportReport,
} from '@/lib/transfer';
import { Button } from '../ui/button';
import { Choice } from './choice';
import { EntryList } from './entry-list';
import { effectOf, type ImportState, type ImportSteps } from './use-import';
import { useTransferText } from './use-transfer-text';

/** The report; `children` stand above its buttons. */
export function ReportView({
  state: { file, report, duplicates },
  steps,
  children,
}: {
  state: Extract<ImportState, { phase: 'report' }>;
  steps: ImportSteps;
  children: ReactNode;
}) {
  const text = useTransferText();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
  }, []);
  const { added, merged } = effectOf(report, duplicates);
  return (
    <div className="grid gap-5 rounded-lg border bg-panel p-4 sm:p-5">
      <div>
        <h3
          ref={heading}
          tabIndex={-1}
          className="font-medium outline-none [overflow-wrap:anywhere]"
        >
          {text.report(file.name)}
        </h3>
        <p className="mt-0.5 text-sm text-muted">
          {text.readAs(text.formats[report.format] ?? report.format, report.read)} {text.nothingYet}
        </p>
      </div>
      <Counts report={report} tasks={added} />
      {report.newLists.length === 0 ? null : (
        <div>
          <h4 className="mb-1.5 text-sm font-medium">{text.newLists(report.newLists.length)}</h4>
          <ul className="flex flex-wrap gap-1.5">
            {report.newLists.map((name, n) => (
              <li
                key={n}
                className="max-w-full truncate rounded bg-accent-soft px-2 py-0.5 text-sm text-accent-text"
              >
                <bdi>{name}</bdi>
              </li>
            ))}
          </ul>
        </div>
      )}
      {report.remarks.length === 0 ? null : (
        <div>
          <h4 className="mb-1 text-sm font-medium">{text.remarks}</h4>
          <ul className="list-disc ps-5 text-sm text-muted [overflow-wrap:anywhere]">
            {report.remarks.map((remark) => (
              <li key={remark}>{remark}</li>
            ))}
          </ul>
        </div>
      )}
      {report.duplicates === 0 ? null : (
        <DuplicatesChoice
          count={report.duplicates}
          value={duplicates}
          onChange={steps.setDuplicates}
        />
      )}
      {children}
      <div className="flex flex-wrap items-center gap-2">
        {added + merged === 0 ? (
          <p className="me-2 text-sm text-muted">{text.nothingToImport}</p>
        ) : (
          <Button onClick={steps.run}>{text.importNow(added, merged)}</Button>
        )}
        <Button variant="outline" onClick={steps.reset}>
          {text.chooseOther}
        </Button>
      </div>
      <EntryList report={report} duplicates={duplicates} onChoose={steps.setDuplicates} />
    </div>
  );
}

function Counts({ report, tasks }: { report: ImportReport; tasks: number }) {
  const { counts: text } = useTransferText();
  const shown = [
    [tasks, text.tasks, 'text-accent-text'],
    [report.changed, text.changed, 'text-warn-text'],
    [report.duplicates, text.duplicates, ''],
    [report.leftOut, text.leftOut, 'text-danger-text'],
  ] as const;
  return (
    <dl className="grid grid-cols-2 gap-2 sm:grid-cols-4">
      {shown.map(([number, label, tone]) => (
        <div key={label} className="flex flex-col-reverse rounded-md border bg-raised px-3 py-2">
          <dt className="text-xs text-muted">{label}</dt>
          <dd className={`text-xl font-semibold tabular-nums ${number === 0 ? '' : tone}`}>
            {number.toLocaleString()}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function DuplicatesChoice({
  count,
  value,
  onChange,
}: {
  count: number;
  value: DuplicateChoice;
  onChange: (duplicates: Duplicates) => void;
}) {
  const text = useTransferText();
  return (
    <fieldset className="grid gap-2.5">
      <legend className="text-sm font-medium">{text.duplicates(count)}</legend>
      <p className="text-xs text-muted">{text.duplicatesHint}</p>
      {DUPLICATES.map((choice) => (
        <Choice
          key={choice}
          name="duplicates"
          label={text.choices[choice].label}
          hint={text.choices[choice].hint}
          checked={value.all === choice}
          onChoose={() => {
            onChange(choice);
          }}
        />
      ))}
    </fieldset>
  );
}
