'use client';
// Events that a part could not handle: look at one, try it again, or give it up.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call, queryString } from '@/lib/api';
import { instantLabel } from '@/lib/dates';
import { usePerson, useText } from '@/lib/session';
import { useReason } from '@/lib/tasks';
import { ErrorState } from '../tasks/error-state';
import { ConfirmDialog } from '../ui/alert-dialog';
import { Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { Dialog, DialogContent } from '../ui/dialog';
import { Skeleton } from '../ui/skeleton';
import { useToast } from '../ui/toast';
import { useStatusText } from './use-status-text';

interface DeadLetter {
  id: string;
  service: string;
  topic: string;
  eventId: string;
  eventType?: string;
  subject?: string;
  reason: string;
  status: 'waiting' | 'replayed' | 'discarded';
  times?: number;
  receivedAt?: string;
  event?: string;
}

interface Page {
  items: DeadLetter[];
  /** Services whose dead letters are not in the list. */
  unreachable?: string[];
}

/** Only while the page is open, in ms. */
const REFRESH_MS = 10_000;

export function DeadLetters() {
  const { cancel, close } = useText();
  const text = useStatusText();
  const person = usePerson();
  const toast = useToast();
  const reason = useReason();
  const client = useQueryClient();
  const [inspected, setInspected] = useState<DeadLetter | null>(null);
  const [discarding, setDiscarding] = useState<DeadLetter | null>(null);
  const query = useQuery({
    queryKey: ['dead-letters'],
    queryFn: ({ signal }) =>
      call<Page>(`/ops/dead-letters${queryString({ status: 'waiting', limit: 500 })}`, { signal }),
    refetchInterval: REFRESH_MS,
  });
  const resolve = useMutation({
    mutationFn: ({ letter, how }: { letter: DeadLetter; how: 'replay' | 'discard' }) =>
      call<unknown>(
        `/ops/dead-letters/${letter.id}/${how}${queryString({ service: letter.service })}`,
        { method: 'POST' },
      ),
    onSuccess: (_answer, { how }) => {
      toast({ text: how === 'replay' ? text.replayed : text.discarded });
    },
    onError: (error) => {
      toast({ tone: 'danger', text: text.actionFailed(reason(error)) });
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['dead-letters'] }),
  });
  const letters = query.data?.items ?? [];

  return (
    <section aria-labelledby="dead-letters" className="mt-8">
      <h2 id="dead-letters" className="text-sm font-semibold text-muted">
        {text.deadLetters}
      </h2>
      <p className="mb-2 text-xs text-muted">{text.deadHint}</p>
      {query.isPending ? <Skeleton className="h-16" /> : null}
      {query.isError ? (
        <ErrorState
          title={text.deadFailed}
          error={query.error}
          onRetry={() => {
            void query.refetch();
          }}
        />
      ) : null}
      {query.isSuccess && letters.length === 0 ? (
        <p className="rounded-lg border bg-panel px-4 py-6 text-center text-sm">{text.noDead}</p>
      ) : null}
      {letters.length > 0 ? (
        <ul className="divide-y overflow-hidden rounded-lg border bg-panel">
          {letters.map((letter) => (
            <li key={`${letter.service}:${letter.id}`} className="grid gap-2 px-4 py-3">
              <div className="flex flex-wrap items-center gap-2 text-sm">
                <span className="font-medium">{letter.eventType ?? letter.topic}</span>
                <Badge>{letter.service}</Badge>
                {letter.times === undefined ? null : <Badge>{text.times(letter.times)}</Badge>}
              </div>
              <p className="text-sm text-danger-text [overflow-wrap:anywhere]">{letter.reason}</p>
              <div className="flex flex-wrap items-center gap-2">
                <p className="me-auto text-xs text-muted">
                  {letter.receivedAt === undefined ? null : instantLabel(letter.receivedAt, person)}
                </p>
                <Button
                  variant="ghost"
                  size="sm"
                  onClick={() => {
                    setInspected(letter);
                  }}
                >
                  {text.inspect}
                </Button>
                <Button
                  variant="outline"
                  size="sm"
                  disabled={resolve.isPending}
                  onClick={() => {
                    resolve.mutate({ letter, how: 'replay' });
                  }}
                >
                  {text.replay}
                </Button>
                <Button
                  variant="ghost"
                  size="sm"
                  className="text-danger-text"
                  disabled={resolve.isPending}
                  onClick={() => {
                    setDiscarding(letter);
                  }}
                >
                  {text.discard}
                </Button>
              </div>
            </li>
          ))}
        </ul>
      ) : null}
      {query.data?.unreachable?.length ? (
        <p role="status" className="mt-2 text-sm text-danger-text">
          {text.unreachable(query.data.unreachable.join(', '))}
        </p>
      ) : null}
      <Dialog
        open={inspected !== null}
        onOpenChange={(open) => {
          if (!open) setInspected(null);
        }}
      >
        {inspected === null ? null : (
          <DialogContent
            title={inspected.eventType ?? text.event}
            description={inspected.reason}
            closeLabel={close}
          >
            <pre className="overflow-auto px-5 pb-5 text-xs" tabIndex={0}>
              {pretty(inspected)}
            </pre>
          </DialogContent>
        )}
      </Dialog>
      <ConfirmDialog
        open={discarding !== null}
        onOpenChange={(open) => {
          if (!open) setDiscarding(null);
        }}
        title={text.discardTitle}
        description={text.discardHint}
        confirm={text.discard}
        cancel={cancel}
        onConfirm={() => {
          if (discarding) resolve.mutate({ letter: discarding, how: 'discard' });
        }}
      />
    </section>
  );
}

/** The event as readable JSON; as it came when it is none. */
function pretty({ event, ...letter }: DeadLetter): string {
  if (event === undefined) return JSON.stringify(letter, null, 2);
  try {
    return JSON.stringify(JSON.parse(event), null, 2);
  } catch {
    return event;
  }
}
