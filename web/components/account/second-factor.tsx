'use client';
// The second factor of the account, switched on and off:
//
//   off ──password──▶ scanning ──code of the app──▶ on, recovery codes shown once ──kept──▶ on
//   on ──password──▶ on, new recovery codes shown, or off
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { askAuth, AuthError, authProblem, postAuth, sessionsOptions } from '@/lib/auth-api';
import { useAuthText } from '@/lib/auth-text';
import { loadedLater } from '../loaded-later';
import { Button } from '../ui/button';
import { useToast } from '../ui/toast';
import { ConfirmForm } from './confirm-form';
import { Copyable } from './copyable';

const QrCode = loadedLater(() => import('./qr-code'));

type Step =
  | { at: 'rest' }
  | { at: 'asking'; for: 'set-up' | 'new-codes' | 'turn-off' }
  | { at: 'scanning'; uri: string; codes: string[] }
  | { at: 'codes'; codes: string[] };

/** @param onKept what happens once a person has kept their recovery codes, in place of the section as it is then */
export function SecondFactor({
  on: wasOn,
  hasPassword,
  onKept,
}: {
  on: boolean;
  hasPassword: boolean;
  onKept?: () => void;
}) {
  const { secondFactor: text, failed } = useAuthText();
  const toast = useToast();
  const client = useQueryClient();
  const [on, setOn] = useState(wasOn);
  const [step, setStep] = useState<Step>({ at: 'rest' });

  /** Runs one step; what goes wrong is for the person. */
  const problemOf = async (run: () => Promise<void>): Promise<string | undefined> => {
    try {
      await run();
      return undefined;
    } catch (error) {
      const name = error instanceof AuthError ? error.code : '';
      return text.problems[name] ?? (authProblem(error) || failed);
    }
  };
  const turned = async (to: boolean): Promise<void> => {
    setOn(to);
    toast({ text: to ? text.turnedOn : text.turnedOff });
    await client.invalidateQueries({ queryKey: sessionsOptions.queryKey }); // this one was replaced
  };
  const afterPassword = async (password: string, wish: 'set-up' | 'new-codes' | 'turn-off') => {
    if (wish === 'turn-off') {
      await postAuth('/two-factor/disable', { password });
      setStep({ at: 'rest' });
      await turned(false);
      return;
    }
    const way = wish === 'set-up' ? 'enable' : 'generate-backup-codes';
    const answer = await askAuth<{ totpURI?: string; backupCodes: string[] }>(
      `/two-factor/${way}`,
      { password },
    );
    const { totpURI: uri, backupCodes: codes } = answer;
    setStep(uri === undefined ? { at: 'codes', codes } : { at: 'scanning', uri, codes });
  };
  const stop = () => {
    setStep({ at: 'rest' });
  };

  return (
    <section aria-labelledby="second-factor">
      <h2 id="second-factor" className="text-base font-semibold">
        {text.title}
      </h2>
      <p className="mt-0.5 mb-3 text-sm text-muted">{text.hint}</p>
      {hasPassword || on ? (
        <p className="mb-3 text-sm font-medium">{on ? text.on : text.off}</p>
      ) : (
        <p className="text-sm text-muted">{text.noPassword}</p>
      )}
      {step.at === 'rest' && hasPassword ? (
        <div className="flex flex-wrap gap-2">
          {(on ? (['new-codes', 'turn-off'] as const) : (['set-up'] as const)).map((wish) => (
            <Button
              key={wish}
              variant="outline"
              onClick={() => {
                setStep({ at: 'asking', for: wish });
              }}
            >
              {{ 'set-up': text.setUp, 'new-codes': text.newCodes, 'turn-off': text.turnOff }[wish]}
            </Button>
          ))}
        </div>
      ) : null}
      {step.at === 'asking' ? (
        <ConfirmForm
          key={step.for}
          label={text.confirmPassword}
          type="password"
          submit={step.for === 'turn-off' ? text.turnOff : text.goOn}
          onCancel={stop}
          onSubmit={(password) => problemOf(() => afterPassword(password, step.for))}
        >
          {step.for === 'new-codes' ? <p className="text-sm">{text.newCodesHint}</p> : null}
        </ConfirmForm>
      ) : null}
      {step.at === 'scanning' ? (
        <ConfirmForm
          label={text.confirmCode}
          type="code"
          submit={text.turnOn}
          onCancel={stop}
          onSubmit={(code) =>
            problemOf(async () => {
              await postAuth('/two-factor/verify-totp', { code: code.replace(/\s/g, '') });
              setStep({ at: 'codes', codes: step.codes });
              await turned(true);
            })
          }
        >
          <p className="text-sm">{text.scan}</p>
          <QrCode text={step.uri} label={text.qr} fallback={<div className="size-44" />} />
          <div className="grid grid-cols-1 gap-1.5 text-sm">
            <p className="font-medium">{text.secret}</p>
            <Copyable value={new URL(step.uri).searchParams.get('secret') ?? ''} />
          </div>
        </ConfirmForm>
      ) : null}
      {step.at === 'codes' ? (
        <div
          role="status"
          className="grid max-w-md grid-cols-1 gap-3 rounded-lg bg-accent-soft p-4 text-sm"
        >
          <p className="font-medium text-accent-text">{text.keepCodes}</p>
          <Copyable value={step.codes.join('\n')} />
          <Button variant="outline" className="justify-self-start" onClick={onKept ?? stop}>
            {text.kept}
          </Button>
        </div>
      ) : null}
    </section>
  );
}
