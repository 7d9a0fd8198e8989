'use client';
// One way to be told of reminders: its switch, what it is, and its own settings below.
import { useId, type ReactNode } from 'react';
import { Checkbox } from '../ui/checkbox';

export function ChannelRow({
  label,
  note,
  checked,
  disabled,
  onChange,
  children,
}: {
  label: string;
  note: string;
  checked: boolean;
  disabled: boolean;
  onChange: (checked: boolean) => void;
  children?: ReactNode;
}) {
  const id = useId();
  return (
    <div className="px-4 py-3">
      <label htmlFor={id} className="flex items-start gap-3 text-sm">
        <Checkbox
          id={id}
          shape="square"
          className="mt-0.5"
          checked={checked}
          disabled={disabled}
          onCheckedChange={onChange}
        />
        <span className="min-w-0">
          <span className="block font-medium">{label}</span>
          <span className="block text-muted first-letter:uppercase">{note}</span>
        </span>
      </label>
      {children ? <div className="ps-8">{children}</div> : null}
    </div>
  );
}
