'use client';
// Access tokens for MCP clients and scripts: made, shown once, revoked.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { MAX_NAME, showsSomething } from '@todo/contracts/text';
import { useState } from 'react';
import { ApiError, call, randomKey } from '@/lib/api';
import { instantLabel } from '@/lib/dates';
import { limitedText } from '@/lib/limited-text';
import { usePerson, useText } from '@/lib/session';
import { useReason } from '@/lib/tasks';
import { ErrorState } from '../tasks/list-states';
import { ConfirmDialog } from '../ui/alert-dialog';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Skeleton } from '../ui/skeleton';
import { useToast } from '../ui/toast';

interface Token {
  id: string;
  name: string;
  createdAt?: string;
  lastUsedAt?: string | null;
}

export function Tokens({ publicUrl }: { publicUrl: string }) {
  const { account: text, cancel } = useText();
  const person = usePerson();
  const client = useQueryClient();
  const toast = useToast();
  const reason = useReason();
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<string>();
  const [revoking, setRevoking] = useState<Token | null>(null);
  const query = useQuery({
    queryKey: ['tokens'],
    queryFn: ({ signal }) => call<{ items: Token[] }>('/tokens', { signal }),
  });
  const refresh = () => client.invalidateQueries({ queryKey: ['tokens'] });
  const create = useMutation({
    mutationFn: (wanted: string) =>
      call<Token & { token: string }>('/tokens', {
        method: 'POST',
        body: { name: wanted },
        idempotencyKey: randomKey(),
      }),
    onSuccess: () => {
      setName('');
    },
    onError: (error) => {
      setProblem(reason(error));
    },
    onSettled: refresh,
  });
  const revoke = useMutation({
    mutationFn: (token: Token) => call<undefined>(`/tokens/${token.id}`, { method: 'DELETE' }),
    onSuccess: (_nothing, token) => {
      toast({ text: text.revoked(token.name) });
    },
    onError: (error) => {
      toast({ tone: 'danger', text: reason(error) });
    },
    onSettled: refresh,
  });

  return (
    <section aria-labelledby="tokens">
      <h2 id="tokens" className="text-base font-semibold">
        {text.tokens}
      </h2>
      <p className="mt-0.5 mb-3 text-sm text-muted">{text.tokensHint}</p>
      {query.isPending ? <Skeleton className="h-16" /> : null}
      {query.isError && query.error instanceof ApiError && query.error.status === 404 ? (
        <p className="text-sm text-muted">{text.tokensOff}</p>
      ) : null}
      {query.isError && !(query.error instanceof ApiError && query.error.status === 404) ? (
        <ErrorState
          title={text.tokensFailed}
          error={query.error}
          onRetry={() => {
            void query.refetch();
          }}
        />
      ) : null}
      {query.isSuccess ? (
        <>
          {query.data.items.length === 0 ? (
            <p className="text-sm text-muted">{text.noTokens}</p>
          ) : (
            <ul className="divide-y overflow-hidden rounded-lg border bg-panel">
              {query.data.items.map((token) => (
                <li key={token.id} className="flex items-center gap-3 px-4 py-2.5 text-sm">
                  <div className="mr-auto min-w-0">
                    <p className="truncate font-medium">
                      <bdi>{token.name}</bdi>
                    </p>
                    <p className="text-xs text-muted">
                      {token.lastUsedAt
                        ? text.lastUsed(instantLabel(token.lastUsedAt, person))
                        : text.neverUsed}
                    </p>
                  </div>
                  <Button
                    variant="ghost"
                    size="sm"
                    className="text-danger-text"
                    onClick={() => {
                      setRevoking(token);
                    }}
                  >
                    {text.revoke}
                  </Button>
                </li>
              ))}
            </ul>
          )}
          <form
            noValidate
            className="mt-4 flex items-end gap-2"
            onSubmit={(event) => {
              event.preventDefault();
              if (!showsSomething(name)) setProblem(text.tokenNameMissing);
              else create.mutate(name.trim());
            }}
          >
            <Field label={text.tokenName} error={problem} className="grid flex-1 gap-1.5">
              {(props) => (
                <Input
                  {...props}
                  autoComplete="off"
                  value={name}
                  onChange={({ target }) => {
                    setName(limitedText(name, target.value, MAX_NAME));
                    setProblem(undefined);
                  }}
                />
              )}
            </Field>
            <Button type="submit" disabled={create.isPending}>
              {text.createToken}
            </Button>
          </form>
          {create.isSuccess ? <NewToken token={create.data.token} publicUrl={publicUrl} /> : null}
        </>
      ) : null}
      <ConfirmDialog
        open={revoking !== null}
        onOpenChange={(open) => {
          if (!open) setRevoking(null);
        }}
        title={text.revokeTitle(revoking?.name ?? '')}
        description={text.revokeHint}
        confirm={text.revoke}
        cancel={cancel}
        onConfirm={() => {
          if (revoking) revoke.mutate(revoking);
        }}
      />
    </section>
  );
}

function NewToken({ token, publicUrl }: { token: string; publicUrl: string }) {
  const { account: text } = useText();
  const configuration = JSON.stringify(
    {
      mcpServers: {
        todo: {
          type: 'http',
          url: `${publicUrl}/mcp`,
          headers: { Authorization: `Bearer ${token}` },
        },
      },
    },
    null,
    2,
  );
  return (
    <div role="status" className="mt-4 grid gap-3 rounded-lg bg-accent-soft p-4 text-sm">
      <p className="font-medium text-accent-text">{text.newToken}</p>
      <Copyable value={token} />
      <p className="font-medium text-accent-text">{text.mcpConfig}</p>
      <Copyable value={configuration} />
    </div>
  );
}

function Copyable({ value }: { value: string }) {
  const { account: text } = useText();
  const toast = useToast();
  return (
    <div className="flex items-start gap-2">
      <pre
        tabIndex={0}
        className="min-w-0 flex-1 overflow-x-auto rounded-md border bg-raised px-3 py-2 text-xs text-ink"
      >
        {value}
      </pre>
      <Button
        variant="outline"
        size="sm"
        onClick={() => {
          navigator.clipboard.writeText(value).then(
            () => {
              toast({ text: text.copied });
            },
            () => undefined, // no permission: the text is there to be selected
          );
        }}
      >
        {text.copy}
      </Button>
    </div>
  );
}
