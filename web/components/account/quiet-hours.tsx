'use client';
// The hours in which no reminder is sent.
import { useState } from 'react';
import { useText } from '@/lib/session';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { useSettingsText } from './use-settings-text';

export function QuietHours({
  value,
  onSave,
}: {
  value: { from: string; to: string };
  onSave: (value: { from: string; to: string }) => void;
}) {
  const { channels: text } = useSettingsText();
  const { save } = useText();
  const [draft, setDraft] = useState(value);
  const same = draft.from === draft.to;
  return (
    <form
      noValidate
      className="mt-3 flex flex-wrap items-start gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (!same) onSave(draft);
      }}
    >
      {(['from', 'to'] as const).map((end) => (
        <Field
          key={end}
          label={end === 'from' ? text.from : text.to}
          error={same && end === 'to' ? text.sameTime : undefined}
        >
          {(props) => (
            <Input
              {...props}
              type="time"
              required
              value={draft[end]}
              onChange={({ target }) => {
                if (target.value !== '') setDraft({ ...draft, [end]: target.value });
              }}
            />
          )}
        </Field>
      ))}
      <Button
        type="submit"
        variant="outline"
        className="mt-6.5"
        disabled={same || (draft.from === value.from && draft.to === value.to)}
      >
        {save}
      </Button>
    </form>
  );
}
