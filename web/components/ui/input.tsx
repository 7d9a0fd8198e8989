import type { ComponentProps } from 'react';
import { cn } from '@/lib/class-names';

const field =
  'w-full min-w-0 rounded-md border border-field/60 bg-raised px-3 text-base text-ink transition-colors aria-invalid:border-danger disabled:opacity-60 sm:text-sm';

export function Input({ className, ...props }: ComponentProps<'input'>) {
  return <input className={cn(field, 'h-10 sm:h-9', className)} {...props} />;
}

export function Textarea({ className, ...props }: ComponentProps<'textarea'>) {
  return <textarea className={cn(field, 'min-h-20 py-2', className)} {...props} />;
}

export function NativeSelect({ className, ...props }: ComponentProps<'select'>) {
  return <select className={cn(field, 'h-10 pe-8 sm:h-9', className)} {...props} />;
}
