'use client';
// Signs in by a link in a mail: asks for one, and, where the page was opened by one, uses it. Only a click does so: mail programs open
// links ahead.
import '@/lib/zod-without-eval';
import { zodResolver } from '@hookform/resolvers/zod';
import Link from 'next/link';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { authProblem, postAuth } from '@/lib/auth-api';
import { useAuthText } from '@/lib/auth-text';
import { useLinkSecret } from '@/lib/link-secret';
import { openSignInLink } from '@/lib/sign-in';
import { FormError } from './form-error';
import { Notice } from './notice';

export function LinkForm() {
  const secret = useLinkSecret();
  return secret === '' ? <AskForLink /> : <UseLink secret={secret} />;
}

function AskForLink() {
  const { link: text, ...auth } = useAuthText();
  const [sentTo, setSentTo] = useState<string>();
  const form = useForm({
    resolver: zodResolver(z.object({ email: z.email(auth.emailWrong) })),
    defaultValues: { email: '' },
  });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async ({ email }) => {
    try {
      await postAuth('/sign-in/magic-link', { email });
      setSentTo(email);
    } catch (error) {
      form.setError('root', { message: authProblem(error) || auth.failed });
    }
  });
  if (sentTo !== undefined) return <Notice title={auth.checkMail} text={text.sent(sentTo)} />;
  return (
    <form noValidate method="post" onSubmit={(event) => void submit(event)} className="grid gap-4">
      <div>
        <h1 className="text-2xl font-semibold tracking-tight">{text.title}</h1>
        <p className="mt-1 text-sm text-muted">{text.hint}</p>
      </div>
      <FormError message={errors.root?.message} />
      <Field label={auth.email} error={errors.email?.message}>
        {(props) => (
          <Input type="email" autoComplete="username" {...props} {...form.register('email')} />
        )}
      </Field>
      <Button type="submit" disabled={isSubmitting}>
        {auth.forgotSend}
      </Button>
      <p className="text-sm">
        <Link href="/sign-in" className="font-medium text-accent-text underline underline-offset-4">
          {auth.backToSignIn}
        </Link>
      </p>
    </form>
  );
}

function UseLink({ secret }: { secret: string }) {
  const { link: text, failed, signIn } = useAuthText();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const use = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      if (await openSignInLink(secret)) window.location.assign('/');
      else setProblem(text.invalid);
    } catch (error) {
      setProblem(authProblem(error) || failed);
    }
    setBusy(false);
  };
  if (problem !== undefined) return <Notice title={text.title} text={problem} />;
  return (
    <div className="grid gap-4">
      <div>
        <h1 className="text-2xl font-semibold tracking-tight">{text.title}</h1>
        <p className="mt-1 text-sm text-muted">{text.useHint}</p>
      </div>
      <Button
        disabled={busy}
        onClick={() => {
          void use();
        }}
      >
        {signIn}
      </Button>
    </div>
  );
}
