'use client';
// A required second factor: entered by those who have one, set up by the others. Nothing else works before that.
import { useState } from 'react';
import { nextPath, postAuth } from '@/lib/auth-api';
import { useAuthText } from '@/lib/auth-text';
import { usePerson } from '@/lib/session';
import { Passkeys } from '../account/passkeys';
import { SecondFactor } from '../account/second-factor';
import { Button } from '../ui/button';
import { CodeForm } from './code-form';
import { FormError } from './form-error';
import { OtherWays } from './other-ways';

function goOn(): void {
  window.location.assign(nextPath(window.location.search)); // a whole load: everything is new
}

/** @param props `app`, `passkeys`: which factors the person has; `passkeysPossible`: whether this site's address can have them */
export function RequiredFactor({
  app,
  passkeys,
  hasPassword,
  passkeysPossible,
}: {
  app: boolean;
  passkeys: boolean;
  hasPassword: boolean;
  passkeysPossible: boolean;
}) {
  const { required: text } = useAuthText();
  return (
    <div className="grid gap-8">
      {app ? <CodeForm /> : null}
      {app ? null : (
        <div>
          <h1 className="text-2xl font-semibold tracking-tight">{text.title}</h1>
          <p className="mt-1 text-sm text-muted">{passkeys ? text.passkeyHint : text.hint}</p>
        </div>
      )}
      {passkeys ? <OtherWays passkeys={passkeysPossible} byMail={false} /> : null}
      {app || passkeys ? null : (
        <>
          <SecondFactor on={false} hasPassword={hasPassword} onKept={goOn} />
          <Passkeys possible={passkeysPossible} onAdded={goOn} />
        </>
      )}
      <SignOut />
    </div>
  );
}

function SignOut() {
  const { required: text, failed } = useAuthText();
  const { email } = usePerson();
  const [problem, setProblem] = useState<string>();
  return (
    <div className="grid gap-2 border-t pt-4">
      <FormError message={problem} />
      <p className="text-sm break-words text-muted">{text.signedInAs(email)}</p>
      <Button
        variant="link"
        className="justify-self-start px-0!"
        onClick={() => {
          postAuth('/sign-out', {}).then(
            () => {
              window.location.assign('/sign-in');
            },
            () => {
              setProblem(failed);
            },
          );
        }}
      >
        {text.signOut}
      </Button>
    </div>
  );
}
