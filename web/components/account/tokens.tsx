'use client';
// Access tokens for MCP clients and scripts: made, shown once, revoked.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  createToken,
  extendToken,
  revokeToken,
  tokensOptions,
  USUAL_TOKEN_DAYS,
  type AccessToken,
  type WantedToken,
} from '@/lib/access-tokens';
import { instantLabel } from '@/lib/dates';
import { listsOptions } from '@/lib/lists';
import { usePerson, useText } from '@/lib/session';
import { useReason } from '@/lib/tasks';
import { ConfirmDialog } from '../ui/alert-dialog';
import { Button } from '../ui/button';
import { useToast } from '../ui/toast';
import { NewToken } from './new-token';
import { Loaded, SettingsSection } from './settings-section';
import { TokenForm } from './token-form';
import { useSettingsText } from './use-settings-text';

/** A token that ends within this time can be extended, ms. */
const EXTEND_WITHIN_MS = (USUAL_TOKEN_DAYS - 1) * 86_400_000;

export function Tokens({ publicUrl }: { publicUrl: string }) {
  const { account: text } = useSettingsText();
  const { cancel } = useText();
  const client = useQueryClient();
  const toast = useToast();
  const reason = useReason();
  const [problem, setProblem] = useState<string>();
  const [revoking, setRevoking] = useState<AccessToken | null>(null);
  const query = useQuery(tokensOptions);
  const refresh = () => client.invalidateQueries({ queryKey: tokensOptions.queryKey });
  const refused = (error: Error) => {
    toast({ tone: 'danger', text: reason(error) });
  };
  const create = useMutation({
    mutationFn: (wanted: WantedToken) => createToken(wanted),
    onError: (error) => {
      setProblem(reason(error));
    },
    onSettled: refresh,
  });
  const extend = useMutation({
    mutationFn: (token: AccessToken) => extendToken(token.id),
    onSuccess: (_token, { name }) => {
      toast({ text: text.extended(name) });
    },
    onError: refused,
    onSettled: refresh,
  });
  const revoke = useMutation({
    mutationFn: (token: AccessToken) => revokeToken(token.id),
    onSuccess: (_nothing, token) => {
      toast({ text: text.revoked(token.name) });
    },
    onError: refused,
    onSettled: refresh,
  });

  return (
    <SettingsSection id="tokens" title={text.tokens} hint={text.tokensHint}>
      <Loaded query={query} failed={text.tokensFailed} off={text.tokensOff}>
        {(tokens) => (
          <>
            {tokens.length === 0 ? (
              <p className="text-sm text-muted">{text.noTokens}</p>
            ) : (
              <ul className="divide-y overflow-hidden rounded-lg border bg-panel">
                {tokens.map((token) => (
                  <TokenRow
                    key={token.id}
                    token={token}
                    onExtend={() => {
                      extend.mutate(token);
                    }}
                    onRevoke={() => {
                      setRevoking(token);
                    }}
                  />
                ))}
              </ul>
            )}
            <TokenForm
              problem={problem}
              saving={create.isPending}
              onChange={() => {
                setProblem(undefined);
              }}
              onCreate={(wanted, done) => {
                create.mutate(wanted, { onSuccess: done });
              }}
            />
            {create.isSuccess ? (
              <NewToken
                token={create.data.token}
                scope={create.variables.scope}
                publicUrl={publicUrl}
              />
            ) : null}
          </>
        )}
      </Loaded>
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
    </SettingsSection>
  );
}

function TokenRow({
  token,
  onExtend,
  onRevoke,
}: {
  token: AccessToken;
  onExtend: () => void;
  onRevoke: () => void;
}) {
  const { account: text } = useSettingsText();
  const person = usePerson();
  const lists = useQuery(listsOptions);
  // when the page was opened is exact enough for days
  const [now] = useState(() => Date.now());
  const { expiresAt, lastUsedAt, listIds, scopes } = token;
  const reached = (listIds ?? []).map(
    (id) => lists.data?.find((list) => list.id === id)?.name ?? text.deletedList,
  );
  const facts = [
    ...scopes.map((scope) => text.scopes[scope]),
    ...reached,
    expiresAt === null ? text.endsNever : text.ends(instantLabel(expiresAt, person)),
    lastUsedAt ? text.lastUsed(instantLabel(lastUsedAt, person)) : text.neverUsed,
  ];
  return (
    <li className="flex items-center gap-3 px-4 py-2.5 text-sm">
      <div className="me-auto min-w-0">
        <p className="truncate font-medium">
          <bdi>{token.name}</bdi>
        </p>
        <p className="text-xs text-muted">{facts.join(' · ')}</p>
      </div>
      {expiresAt !== null && Date.parse(expiresAt) - now < EXTEND_WITHIN_MS ? (
        <Button variant="ghost" size="sm" onClick={onExtend}>
          {text.extend}
        </Button>
      ) : null}
      <Button variant="ghost" size="sm" className="text-danger-text" onClick={onRevoke}>
        {text.revoke}
      </Button>
    </li>
  );
}
