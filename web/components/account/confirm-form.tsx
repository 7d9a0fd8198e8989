'use client';
// Asks again for what shows that it is the person: a password, a code, their address. One field, one button, and a way back.
import { useState, type ReactNode } from 'react';
import { useText } from '@/lib/session';
import { FormError } from '../auth/form-error';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';

/** How each is typed, and whether a browser may fill it in. */
const TYPES = {
  password: { type: 'password', autoComplete: 'current-password' },
  code: { inputMode: 'numeric', autoComplete: 'one-time-code' },
  email: { type: 'email', autoComplete: 'off' },
} as const;

/**
 * @param props `danger`: what follows can't be taken back at once; `children` are shown above the field; `onSubmit` gives what is wrong,
 *   for the person
 */
export function ConfirmForm({
  label,
  type,
  submit,
  danger = false,
  onSubmit,
  onCancel,
  children,
}: {
  label: string;
  type: keyof typeof TYPES;
  submit: string;
  danger?: boolean;
  onSubmit: (value: string) => Promise<string | undefined>;
  onCancel: () => void;
  children?: ReactNode;
}) {
  const { cancel } = useText();
  const [value, setValue] = useState('');
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const run = async (): Promise<void> => {
    setBusy(true);
    setProblem(await onSubmit(value));
    setBusy(false);
  };
  return (
    <form
      noValidate
      method="post"
      className={`grid max-w-md grid-cols-1 gap-4 rounded-lg border p-4 ${danger ? 'border-danger-text/40' : ''}`}
      onSubmit={(event) => {
        event.preventDefault();
        void run();
      }}
    >
      {children}
      <FormError message={problem} />
      <Field label={label}>
        {(props) => (
          <Input
            autoFocus
            {...TYPES[type]}
            value={value}
            onChange={(event) => {
              setValue(event.target.value);
            }}
            {...props}
          />
        )}
      </Field>
      <div className="flex flex-wrap gap-2">
        <Button
          type="submit"
          variant={danger ? 'danger' : 'primary'}
          disabled={busy || value.trim() === ''}
        >
          {submit}
        </Button>
        <Button variant="outline" onClick={onCancel}>
          {cancel}
        </Button>
      </div>
    </form>
  );
}
