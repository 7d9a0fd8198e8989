import { Check, Minus } from 'lucide-react';
import type { ComponentProps } from 'react';
import { cn } from '@/lib/class-names';

/** The browser's own checkbox with our look: it needs no script, and no inline style on the server. */
export function Checkbox({
  className,
  shape = 'round',
  onCheckedChange,
  ...props
}: Omit<ComponentProps<'input'>, 'type'> & {
  shape?: 'round' | 'square';
  onCheckedChange?: (checked: boolean) => void;
}) {
  return (
    <span className={cn('relative inline-flex size-5 shrink-0', className)}>
      <input
        type="checkbox"
        className={cn(
          'peer size-5 appearance-none border-2 border-field bg-raised transition-colors after:absolute after:-inset-3 checked:border-accent checked:bg-accent hover:border-accent',
          shape === 'round' ? 'rounded-full' : 'rounded-sm',
        )}
        onChange={({ target }) => {
          onCheckedChange?.(target.checked);
        }}
        {...props}
      />
      <Check
        aria-hidden
        strokeWidth={3}
        className="pointer-events-none absolute inset-0 m-auto hidden size-3.5 text-accent-ink peer-checked:block peer-indeterminate:hidden"
      />
      <Minus
        aria-hidden
        strokeWidth={3}
        className="pointer-events-none absolute inset-0 m-auto hidden size-3.5 text-accent-ink peer-indeterminate:block"
      />
    </span>
  );
}
