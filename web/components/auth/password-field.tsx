'use client';
// The fields for passwords: one for the password a person has, one for a new one, with what it must be.
import type { UseFormRegisterReturn } from 'react-hook-form';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { useAuthText } from '@/lib/auth-text';

interface Props {
  label: string;
  error?: string | undefined;
  /** From `form.register(…)`. */
  register: UseFormRegisterReturn;
}

export function PasswordField({ label, error, register }: Props) {
  return (
    <Field label={label} error={error}>
      {(props) => (
        <Input type="password" autoComplete="current-password" {...props} {...register} />
      )}
    </Field>
  );
}

export function NewPasswordField({ label, error, register }: Props) {
  const { passwordHint } = useAuthText();
  return (
    <Field label={label} hint={passwordHint} error={error}>
      {(props) => <Input type="password" autoComplete="new-password" {...props} {...register} />}
    </Field>
  );
}
