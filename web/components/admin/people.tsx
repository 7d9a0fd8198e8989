'use client';
// Accounts with search and paging, and what an operator can do to each.
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { askAdmin, type AdminAction, type AdminPerson, type PeoplePage } from '@/lib/admin-api';
import { authProblem } from '@/lib/auth-api';
import { instantLabel } from '@/lib/dates';
import { usePerson } from '@/lib/session';
import { adminText } from '@/text/admin';
import { ConfirmDialog } from '../ui/alert-dialog';
import { Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { Input } from '../ui/input';
import { Skeleton } from '../ui/skeleton';
import { useToast } from '../ui/toast';

interface Asked {
  person: AdminPerson;
  action: AdminAction;
}

export function People() {
  const me = usePerson();
  const text = adminText(me.locale);
  const toast = useToast();
  const client = useQueryClient();
  const [search, setSearch] = useState('');
  const [asked, setAsked] = useState<Asked>();
  const query = useInfiniteQuery({
    queryKey: ['admin', 'people', search],
    initialPageParam: null as string | null,
    queryFn: async ({ pageParam: after }) =>
      await askAdmin<PeoplePage>(
        `/people?${new URLSearchParams({ search, ...(after === null ? {} : { after }) }).toString()}`,
      ),
    getNextPageParam: ({ next }) => next,
    placeholderData: (before) => before,
  });
  const change = useMutation({
    mutationFn: ({ person: { id }, action }: Asked) =>
      askAdmin<{ told: boolean }>('/people', 'POST', { id, action, self: id === me.id }),
    onSuccess: ({ told }) => {
      toast({ text: told ? text.done : text.notTold });
    },
    onError: (error) => {
      toast({ tone: 'danger', text: authProblem(error) || text.failed });
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['admin'] }),
  });
  const people = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const mode = query.data?.pages[0]?.signUp.mode;
  return (
    <section aria-label={text.title}>
      {mode === undefined ? null : <p className="mb-3 text-sm text-muted">{text.signUp[mode]}</p>}
      <Input
        type="search"
        aria-label={text.search}
        placeholder={text.search}
        value={search}
        onChange={(event) => {
          setSearch(event.target.value);
        }}
      />
      {query.isPending ? <Skeleton className="mt-3 h-16" /> : null}
      {query.isError ? (
        <p role="alert" className="mt-3 text-sm text-danger-text">
          {authProblem(query.error) || text.loadFailed}
        </p>
      ) : null}
      {query.isSuccess && people.length === 0 ? (
        <p className="mt-3 text-sm text-muted">{text.nobody}</p>
      ) : null}
      {people.length > 0 ? (
        <ul className="mt-3 divide-y overflow-hidden rounded-lg border bg-panel">
          {people.map((person) => (
            <Row key={person.id} person={person} onAsk={setAsked} disabled={change.isPending} />
          ))}
        </ul>
      ) : null}
      {query.hasNextPage ? (
        <Button
          variant="outline"
          className="mt-3"
          disabled={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {text.more}
        </Button>
      ) : null}
      {asked === undefined ? null : (
        <ConfirmDialog
          open
          onOpenChange={(open) => {
            if (!open) setAsked(undefined);
          }}
          title={`${text.actions[asked.action]}: ${asked.person.name}`}
          description={`${text.ask(asked.person.email)}. ${text.explain[asked.action]}${
            asked.person.id === me.id ? ` ${text.yourself}` : ''
          }`}
          confirm={text.confirm}
          cancel={text.cancel}
          onConfirm={() => {
            change.mutate(asked);
          }}
        />
      )}
    </section>
  );
}

function actionsFor({ operator, disabled, eraseAt }: AdminPerson): AdminAction[] {
  return [
    ...(operator === 'made' ? (['demote'] as const) : []),
    ...(operator === null ? (['promote'] as const) : []),
    disabled ? 'enable' : 'disable',
    eraseAt === null ? 'delete' : 'keep',
  ];
}

function Row({
  person,
  onAsk,
  disabled,
}: {
  person: AdminPerson;
  onAsk: (asked: Asked) => void;
  disabled: boolean;
}) {
  const clock = usePerson();
  const text = adminText(clock.locale);
  const { name, email, confirmed, lastSeenAt, operator, eraseAt } = person;
  return (
    <li className="grid gap-2 px-3 py-3">
      <div className="min-w-0">
        <p className="font-medium break-words" dir="auto">
          {name}
        </p>
        <p className="text-sm break-all text-muted">{email}</p>
      </div>
      <div className="flex flex-wrap items-center gap-1.5">
        {operator === null ? null : (
          <Badge tone="accent">{operator === 'made' ? text.operator : text.configured}</Badge>
        )}
        {person.disabled ? <Badge tone="danger">{text.disabled}</Badge> : null}
        {confirmed ? null : <Badge>{text.unconfirmed}</Badge>}
        {person.lacksFactor ? <Badge tone="warn">{text.noFactor}</Badge> : null}
        {eraseAt === null ? null : (
          <Badge tone="warn">{text.leaving(instantLabel(eraseAt, clock))}</Badge>
        )}
        <span className="text-xs text-muted">
          {lastSeenAt === null ? text.never : text.seen(instantLabel(lastSeenAt, clock))}
        </span>
      </div>
      <div className="flex flex-wrap gap-2">
        {actionsFor(person).map((action) => (
          <Button
            key={action}
            variant="outline"
            size="sm"
            disabled={disabled}
            aria-label={`${text.actions[action]}: ${email}`}
            onClick={() => {
              onAsk({ person, action });
            }}
          >
            {text.actions[action]}
          </Button>
        ))}
      </div>
    </li>
  );
}
