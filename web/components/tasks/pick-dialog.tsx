'use client';
// Asks for a date or a tag, for one task or several.
import { showsSomething } from '@todo/contracts/text';
import { useState } from 'react';
import { useText } from '@/lib/session';
import { Button } from '../ui/button';
import { Dialog, DialogContent } from '../ui/dialog';
import { Field } from '../ui/field';
import { Input } from '../ui/input';

/** @param props `onPick` gets what was chosen: a local date, or the text without blanks around it */
export function PickDialog({
  kind,
  title,
  label,
  action,
  initial = '',
  onPick,
  onClose,
}: {
  kind: 'date' | 'text';
  title: string;
  label: string;
  action: string;
  initial?: string;
  onPick: (value: string) => void;
  onClose: () => void;
}) {
  const { close } = useText();
  const [value, setValue] = useState(initial);
  const ready = showsSomething(value);
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <DialogContent title={title} closeLabel={close}>
        <form
          noValidate
          className="grid gap-4 px-5 pt-2 pb-5"
          onSubmit={(event) => {
            event.preventDefault();
            if (!ready) return;
            onPick(value.trim());
            onClose();
          }}
        >
          <Field label={label}>
            {(props) => (
              <Input
                {...props}
                autoFocus
                type={kind}
                autoComplete="off"
                maxLength={kind === 'text' ? 50 : undefined}
                value={value}
                onChange={({ target }) => {
                  setValue(target.value);
                }}
              />
            )}
          </Field>
          <div className="flex justify-end">
            <Button type="submit" disabled={!ready}>
              {action}
            </Button>
          </div>
        </form>
      </DialogContent>
    </Dialog>
  );
}
