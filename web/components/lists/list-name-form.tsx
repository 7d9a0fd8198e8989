'use client';
import { useState } from 'react';
import { useText } from '@/lib/session';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';

/** Longest name of a list; the backend's limit. */
const MAX_NAME = 100;

export function ListNameForm({
  initial,
  action,
  busy,
  onSubmit,
}: {
  initial: string;
  action: string;
  busy: boolean;
  onSubmit: (name: string) => void;
}) {
  const { lists: text } = useText();
  const [name, setName] = useState(initial);
  const [problem, setProblem] = useState<string>();
  return (
    <form
      noValidate
      className="grid gap-4 px-5 pt-2 pb-5"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() === '') setProblem(text.nameMissing);
        else onSubmit(name.trim());
      }}
    >
      <Field label={text.name} error={problem}>
        {(props) => (
          <Input
            {...props}
            autoFocus
            autoComplete="off"
            maxLength={MAX_NAME}
            value={name}
            onChange={({ target }) => {
              setName(target.value);
              setProblem(undefined);
            }}
          />
        )}
      </Field>
      <div className="flex justify-end">
        <Button type="submit" disabled={busy}>
          {action}
        </Button>
      </div>
    </form>
  );
}
