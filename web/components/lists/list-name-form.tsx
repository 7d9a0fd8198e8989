'use client';
import { MAX_NAME, showsSomething } from '@todo/contracts/text';
import { useState } from 'react';
import { limitedText } from '@/lib/limited-text';
import { useText } from '@/lib/session';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';

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
        if (!showsSomething(name)) setProblem(text.nameMissing);
        else onSubmit(name.trim());
      }}
    >
      <Field label={text.name} error={problem}>
        {(props) => (
          <Input
            {...props}
            autoFocus
            autoComplete="off"
            value={name}
            onChange={({ target }) => {
              setName(limitedText(name, target.value, MAX_NAME));
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
