'use client';
// Invitations: the link of a new one is shown once; those that can be used still can be withdrawn.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { askAdmin, type AdminInvitation } from '@/lib/admin-api';
import { authProblem } from '@/lib/auth-api';
import { instantLabel } from '@/lib/dates';
import { usePerson } from '@/lib/session';
import { adminText } from '@/text/admin';
import { Copyable } from '../account/copyable';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { useToast } from '../ui/toast';

export function Invitations() {
  const clock = usePerson();
  const text = adminText(clock.locale);
  const toast = useToast();
  const client = useQueryClient();
  const [email, setEmail] = useState('');
  const [maxUses, setMaxUses] = useState('1');
  const [days, setDays] = useState('7');
  const query = useQuery({
    queryKey: ['admin', 'invitations'],
    queryFn: async () => (await askAdmin<{ items: AdminInvitation[] }>('/invitations')).items,
  });
  const settle = {
    onError: (error: Error) => {
      toast({ tone: 'danger', text: authProblem(error) || text.failed });
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['admin'] }),
  };
  const create = useMutation({
    ...settle,
    mutationFn: () =>
      askAdmin<{ link: string; mailed: boolean }>('/invitations', 'POST', {
        email: email.trim() === '' ? null : email.trim(),
        maxUses: Number(maxUses),
        days: Number(days),
      }),
  });
  const withdraw = useMutation({
    ...settle,
    mutationFn: (id: string) =>
      askAdmin(`/invitations?${new URLSearchParams({ id }).toString()}`, 'DELETE'),
  });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <section aria-labelledby="invitations">
      <h2 id="invitations" className="text-base font-semibold">
        {text.invitations}
      </h2>
      <p className="mt-0.5 mb-3 text-sm text-muted">{text.inviteHint}</p>
      <form onSubmit={submit} className="grid grid-cols-2 gap-3 sm:grid-cols-[2fr_1fr_1fr]">
        <Field label={text.inviteEmail} className="col-span-2 grid gap-1.5 sm:col-span-1">
          {(props) => (
            <Input
              type="email"
              autoComplete="off"
              {...props}
              value={email}
              onChange={(event) => {
                setEmail(event.target.value);
              }}
            />
          )}
        </Field>
        <Field label={text.inviteUses}>
          {(props) => (
            <Input
              type="number"
              min={1}
              max={1000}
              required
              {...props}
              value={maxUses}
              onChange={(event) => {
                setMaxUses(event.target.value);
              }}
            />
          )}
        </Field>
        <Field label={text.inviteDays}>
          {(props) => (
            <Input
              type="number"
              min={1}
              max={90}
              required
              {...props}
              value={days}
              onChange={(event) => {
                setDays(event.target.value);
              }}
            />
          )}
        </Field>
        <Button
          type="submit"
          className="col-span-2 sm:col-span-1 sm:justify-self-start"
          disabled={create.isPending}
        >
          {text.invite}
        </Button>
      </form>
      {create.isSuccess ? (
        <div
          role="status"
          className="mt-3 grid grid-cols-1 gap-1 rounded-lg bg-accent-soft p-4 text-sm"
        >
          <p className="font-medium text-accent-text">{text.inviteLink}</p>
          <Copyable value={create.data.link} />
          {create.data.mailed ? <p className="text-sm text-muted">{text.mailed}</p> : null}
        </div>
      ) : null}
      {query.data === undefined || query.data.length === 0 ? null : (
        <ul className="mt-3 divide-y overflow-hidden rounded-lg border bg-panel">
          {query.data.map(({ id, email: address, uses, maxUses: max, expiresAt }) => (
            <li key={id} className="flex flex-wrap items-center justify-between gap-2 px-3 py-2">
              <span className="min-w-0 text-sm break-all">
                {address ?? text.anybody}
                <span className="block text-xs text-muted">
                  {text.used(uses, max, instantLabel(expiresAt, clock))}
                </span>
              </span>
              <Button
                variant="outline"
                size="sm"
                disabled={withdraw.isPending}
                onClick={() => {
                  withdraw.mutate(id);
                }}
              >
                {text.withdraw}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
