'use client';
// The account's passkeys: added with a name, renamed, removed.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { AuthError, authProblem, postAuth } from '@/lib/auth-api';
import { useAuthText } from '@/lib/auth-text';
import { instantLabel } from '@/lib/dates';
import {
  addPasskey,
  browserHasPasskeys,
  PasskeyCancelled,
  passkeysOptions,
  type Passkey,
} from '@/lib/passkeys';
import { usePerson, useText } from '@/lib/session';
import { useBrowserValue } from '@/lib/use-browser-value';
import { FormError } from '../auth/form-error';
import { ConfirmDialog } from '../ui/alert-dialog';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { useToast } from '../ui/toast';
import { Loaded, SettingsSection } from './settings-section';
import { signInError } from './sign-in-error';
import { SignInAgain } from './sign-in-again';

/** @param props `possible`: whether this site's address can have passkeys; `onAdded`: what happens once one was added */
export function Passkeys({ possible, onAdded }: { possible: boolean; onAdded?: () => void }) {
  const { passkeys: text, failed } = useAuthText();
  const { cancel } = useText();
  const toast = useToast();
  const client = useQueryClient();
  const query = useQuery(passkeysOptions);
  const supported = useBrowserValue(browserHasPasskeys, true) && possible;
  const [removing, setRemoving] = useState<Passkey | null>(null);
  const [stale, setStale] = useState(false);
  const [problem, setProblem] = useState<string>();
  const nameOf = ({ name }: Passkey) => name ?? text.unnamed;
  const change = useMutation({
    mutationFn: async ({ run }: { run: () => Promise<void>; done: string }) => {
      setProblem(undefined);
      await run();
    },
    onSuccess: (_nothing, { done }) => {
      toast({ text: done });
    },
    onError: (error) => {
      if (error instanceof AuthError && error.code === 'SESSION_NOT_FRESH') setStale(true);
      else setProblem(words(error));
    },
    onSettled: () => client.invalidateQueries({ queryKey: passkeysOptions.queryKey }),
  });
  function words(error: Error): string {
    if (error instanceof PasskeyCancelled) return text.notAdded;
    // WebAuthn, section 5.1.3: the device has one of this account already
    if (error.name === 'InvalidStateError') return text.known;
    return authProblem(error) || failed;
  }

  return (
    <SettingsSection id="passkeys" title={text.title} hint={text.hint}>
      <Loaded query={query} failed={text.loadFailed} skeleton="h-10" errorOf={signInError(failed)}>
        {(passkeys) =>
          passkeys.length === 0 ? (
            <p className="text-sm text-muted">{text.none}</p>
          ) : (
            <ul className="divide-y overflow-hidden rounded-lg border bg-panel">
              {passkeys.map((passkey) => (
                <Row
                  key={passkey.id}
                  passkey={passkey}
                  name={nameOf(passkey)}
                  onRename={(name) => {
                    change.mutate({
                      run: () => postAuth('/passkey/update-passkey', { id: passkey.id, name }),
                      done: text.renamed(name),
                    });
                  }}
                  onRemove={() => {
                    setRemoving(passkey);
                  }}
                />
              ))}
            </ul>
          )
        }
      </Loaded>
      <div className="mt-4 grid gap-3">
        <FormError message={problem} />
        {stale ? <SignInAgain /> : null}
        {supported ? null : <p className="text-sm text-muted">{text.unavailable}</p>}
        {supported && !stale ? (
          <NameForm
            label={text.name}
            submit={text.add}
            disabled={change.isPending}
            onSubmit={(name, done) => {
              change.mutate(
                { run: () => addPasskey(name), done: text.added(name) },
                {
                  onSuccess: () => {
                    done();
                    onAdded?.();
                  },
                },
              );
            }}
          />
        ) : null}
      </div>
      <ConfirmDialog
        open={removing !== null}
        onOpenChange={(open) => {
          if (!open) setRemoving(null);
        }}
        title={text.removeTitle(removing === null ? '' : nameOf(removing))}
        description={text.removeHint}
        confirm={text.remove}
        cancel={cancel}
        onConfirm={() => {
          if (removing === null) return;
          const { id } = removing;
          change.mutate({
            run: () => postAuth('/passkey/delete-passkey', { id }),
            done: text.removed(nameOf(removing)),
          });
        }}
      />
    </SettingsSection>
  );
}

function Row({
  passkey,
  name,
  onRename,
  onRemove,
}: {
  passkey: Passkey;
  name: string;
  onRename: (name: string) => void;
  onRemove: () => void;
}) {
  const { passkeys: text } = useAuthText();
  const person = usePerson();
  const [renaming, setRenaming] = useState(false);
  return (
    <li className="grid gap-3 px-4 py-2.5 text-sm">
      <div className="flex flex-wrap items-center gap-x-3">
        <div className="me-auto min-w-0">
          <p className="truncate font-medium">
            <bdi>{name}</bdi>
          </p>
          <p className="text-xs text-muted">
            {text.addedAt(instantLabel(passkey.createdAt, person))}
          </p>
        </div>
        <Button
          variant="ghost"
          size="sm"
          aria-label={text.renameOf(name)}
          aria-expanded={renaming}
          onClick={() => {
            setRenaming(!renaming);
          }}
        >
          {text.rename}
        </Button>
        <Button
          variant="ghost"
          size="sm"
          className="text-danger-text"
          aria-label={text.removeOf(name)}
          onClick={onRemove}
        >
          {text.remove}
        </Button>
      </div>
      {renaming ? (
        <NameForm
          label={text.newName}
          submit={text.save}
          disabled={false}
          onSubmit={(wanted) => {
            setRenaming(false);
            onRename(wanted);
          }}
        />
      ) : null}
    </li>
  );
}

/** One name. @param onSubmit gets it, and what clears the field */
function NameForm({
  label,
  submit,
  disabled,
  onSubmit,
}: {
  label: string;
  submit: string;
  disabled: boolean;
  onSubmit: (name: string, clear: () => void) => void;
}) {
  const { passkeys: text } = useAuthText();
  const [name, setName] = useState('');
  const [missing, setMissing] = useState(false);
  return (
    <form
      noValidate
      method="post"
      className="flex max-w-md flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        const wanted = name.trim();
        setMissing(wanted === '');
        if (wanted !== '')
          onSubmit(wanted, () => {
            setName('');
          });
      }}
    >
      <Field
        label={label}
        error={missing ? text.nameMissing : undefined}
        className="grid min-w-48 flex-1 gap-1.5"
      >
        {(props) => (
          <Input
            maxLength={100}
            value={name}
            onChange={(event) => {
              setName(event.target.value);
              setMissing(false);
            }}
            {...props}
          />
        )}
      </Field>
      <Button type="submit" variant="outline" disabled={disabled}>
        {submit}
      </Button>
    </form>
  );
}
