'use client';
// Imports of before: each can be taken back as a whole, also after a reload or on another device.
import { useQuery } from '@tanstack/react-query';
import { instantLabel } from '@/lib/dates';
import { usePerson } from '@/lib/session';
import { importsOptions } from '@/lib/transfer';
import { ErrorState } from '../tasks/list-states';
import { UndoImport } from './undo-import';
import { useTransferText } from './use-transfer-text';

/** @param except one that is shown elsewhere on the page */
export function EarlierImports({ except }: { except: string | null }) {
  const text = useTransferText();
  const person = usePerson();
  const query = useQuery(importsOptions);
  if (query.isError)
    return (
      <ErrorState
        title={text.earlierFailed}
        error={query.error}
        onRetry={() => {
          void query.refetch();
        }}
      />
    );
  const imports = query.data?.filter(({ id }) => id !== except) ?? [];
  if (imports.length === 0) return null;
  return (
    <div className="mt-5">
      <h3 id="earlier" className="mb-2 text-sm font-semibold text-muted">
        {text.earlier}
      </h3>
      <ul aria-labelledby="earlier" className="divide-y rounded-lg border bg-panel">
        {imports.map((made) => (
          <li
            key={made.id}
            className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-2.5 text-sm"
          >
            <div className="min-w-0">
              <p className="font-medium [overflow-wrap:anywhere]">
                <bdi>{made.name ?? text.unnamed}</bdi>
              </p>
              <p className="text-xs text-muted">
                {text.when(instantLabel(made.createdAt, person), made.tasks)}
              </p>
            </div>
            <UndoImport
              made={made}
              label={text.undoShort}
              about={text.undoOf(made.name ?? text.unnamed)}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}
