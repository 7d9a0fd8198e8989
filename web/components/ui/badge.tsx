import { cva, type VariantProps } from 'class-variance-authority';
import type { ComponentProps } from 'react';
import { cn } from '@/lib/class-names';

export const badge = cva(
  'inline-flex max-w-full items-center gap-1 rounded px-1.5 py-0.5 text-xs font-medium [&_svg]:size-3 [&_svg]:shrink-0',
  {
    variants: {
      tone: {
        plain: 'bg-ink/6 text-muted',
        accent: 'bg-accent-soft text-accent-text',
        danger: 'bg-danger-soft text-danger-text',
        warn: 'bg-warn-soft text-warn-text',
        good: 'bg-good-soft text-good-text',
      },
    },
    defaultVariants: { tone: 'plain' },
  },
);

export function Badge({
  className,
  tone,
  ...props
}: ComponentProps<'span'> & VariantProps<typeof badge>) {
  return <span className={cn(badge({ tone }), className)} {...props} />;
}
