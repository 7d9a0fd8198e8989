'use client';
// Imports of before, and those under way: each can be taken back as a whole, also after a reload or on another device.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { instantLabel } from '@/lib/dates';
import { usePerson } from '@/lib/session';
import { cancelImport, importsOptions, isUnderWay, type StoredImport } from '@/lib/transfer';
import { ErrorState } from '../tasks/error-state';
import { Button } from '../ui/button';
import { UndoImport } from './undo-import';
import { useTransferText } from './use-transfer-text';
import { ProgressBar } from './working';

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
                {made.state === 'failed' ? ` · ${text.stateFailed}` : null}
                {made.state === 'canceled' ? ` · ${text.stateCanceled}` : null}
              </p>
            </div>
            {isUnderWay(made) ? <UnderWay made={made} /> : <Undo made={made} />}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Undo({ made }: { made: StoredImport }) {
  const text = useTransferText();
  if (made.tasks + made.merged === 0) return null;
  return (
    <UndoImport made={made} label={text.undoShort} about={text.undoOf(made.name ?? text.unnamed)} />
  );
}

/** How far it is, and a way to stop it. */
function UnderWay({ made }: { made: StoredImport }) {
  const text = useTransferText();
  const client = useQueryClient();
  const stop = useMutation({
    mutationFn: () => cancelImport(made.id),
    onSettled: () => client.invalidateQueries({ queryKey: importsOptions.queryKey }),
  });
  const name = made.name ?? text.unnamed;
  return (
    <div className="flex w-full flex-wrap items-center gap-3">
      <div className="min-w-40 flex-1">
        {made.progress === null ? (
          <p className="text-xs text-muted">{text.waiting}</p>
        ) : (
          <ProgressBar label={text.importing(0)} progress={made.progress} />
        )}
      </div>
      <Button
        variant="outline"
        size="sm"
        aria-label={text.cancelOf(name)}
        disabled={stop.isPending}
        onClick={() => {
          stop.mutate();
        }}
      >
        {text.stop}
      </Button>
    </div>
  );
}
