'use client';
import '@/lib/zod-without-eval';
import { zodResolver } from '@hookform/resolvers/zod';
import { useQueryClient } from '@tanstack/react-query';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { authProblem, postAuth, sessionsOptions } from '@/lib/auth-api';
import { useAuthText } from '@/lib/auth-text';
import { isLongEnough } from '@/lib/password-length';
import { usePerson, useText } from '@/lib/session';
import { FormError } from '../auth/form-error';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { useToast } from '../ui/toast';

export function PasswordForm() {
  const { account: text } = useText();
  const auth = useAuthText();
  const { email } = usePerson();
  const toast = useToast();
  const client = useQueryClient();
  const schema = z.object({
    currentPassword: z.string().min(1, auth.passwordMissing),
    newPassword: z.string().refine(isLongEnough, auth.passwordShort),
    revokeOtherSessions: z.boolean(),
  });
  const form = useForm({
    resolver: zodResolver(schema),
    defaultValues: { currentPassword: '', newPassword: '', revokeOtherSessions: true },
  });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (values) => {
    try {
      await postAuth('/change-password', values);
      await client.invalidateQueries({ queryKey: sessionsOptions.queryKey });
      form.reset();
      toast({ text: auth.passwordChanged(values.revokeOtherSessions) });
    } catch (error) {
      const message = authProblem(error);
      form.setError('root', { message: message || auth.failed });
    }
  });
  return (
    <section aria-labelledby="password">
      <h2 id="password" className="mb-3 text-base font-semibold">
        {text.password}
      </h2>
      <form
        noValidate
        onSubmit={(event) => {
          void submit(event);
        }}
        className="grid items-start gap-4 sm:grid-cols-2"
      >
        <div className="sm:col-span-2 has-[>:first-child:empty]:hidden">
          <FormError message={errors.root?.message} />
          <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
        </div>
        <Field label={text.currentPassword} error={errors.currentPassword?.message}>
          {(props) => (
            <Input
              type="password"
              autoComplete="current-password"
              {...props}
              {...form.register('currentPassword')}
            />
          )}
        </Field>
        <Field
          label={text.newPassword}
          hint={auth.passwordHint}
          error={errors.newPassword?.message}
        >
          {(props) => (
            <Input
              type="password"
              autoComplete="new-password"
              {...props}
              {...form.register('newPassword')}
            />
          )}
        </Field>
        <label className="flex items-center gap-2 text-sm sm:col-span-2">
          <input type="checkbox" {...form.register('revokeOtherSessions')} />
          {auth.endOthersToo}
        </label>
        <div>
          <Button type="submit" variant="outline" disabled={isSubmitting}>
            {text.change}
          </Button>
        </div>
      </form>
    </section>
  );
}
