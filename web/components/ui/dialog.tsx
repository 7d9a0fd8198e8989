'use client';
import { X } from 'lucide-react';
import { Dialog as DialogPrimitive } from 'radix-ui';
import type { ComponentProps } from 'react';
import { cn } from '@/lib/class-names';
import { Button } from './button';

export const Dialog = DialogPrimitive.Root;

const shapes = {
  center:
    'inset-x-0 bottom-0 max-h-[92dvh] rounded-t-xl sm:inset-x-auto sm:top-1/2 sm:bottom-auto sm:left-1/2 sm:w-full sm:max-w-lg sm:-translate-x-1/2 sm:-translate-y-1/2 sm:rounded-xl data-[state=open]:animate-rise',
  side: 'inset-0 sm:start-auto sm:w-[28rem] sm:border-s data-[state=open]:animate-rise',
  left: 'inset-y-0 start-0 w-72 max-w-[85vw] border-e data-[state=open]:animate-rise',
};

/** A modal: in the middle, or a sheet at a side; on a phone it fills the width. */
export function DialogContent({
  className,
  children,
  title,
  description,
  shape = 'center',
  closeLabel,
  hideTitle = false,
  ...props
}: Omit<ComponentProps<typeof DialogPrimitive.Content>, 'title'> & {
  title: string;
  description?: string | undefined;
  shape?: keyof typeof shapes;
  closeLabel: string;
  hideTitle?: boolean;
}) {
  return (
    <DialogPrimitive.Portal>
      <DialogPrimitive.Overlay className="fixed inset-0 z-40 bg-black/45" />
      <DialogPrimitive.Content
        className={cn(
          'fixed z-50 flex flex-col overflow-hidden bg-panel shadow-xl outline-none',
          shapes[shape],
          className,
        )}
        onOpenAutoFocus={(event) => {
          // The dialog itself, not its close button: its name is read, and nothing is one key from lost.
          event.preventDefault();
          (event.currentTarget as HTMLElement).focus();
        }}
        {...(description ? {} : { 'aria-describedby': undefined })}
        {...props}
      >
        <div className="flex items-start justify-between gap-4 px-5 pt-4 pb-2">
          <div className={hideTitle ? 'sr-only' : 'min-w-0'}>
            <DialogPrimitive.Title className="text-base font-semibold">
              {title}
            </DialogPrimitive.Title>
            {description ? (
              <DialogPrimitive.Description className="mt-1 text-sm text-muted">
                {description}
              </DialogPrimitive.Description>
            ) : null}
          </div>
          <DialogPrimitive.Close asChild>
            <Button variant="ghost" size="icon" aria-label={closeLabel} className="-me-2 ms-auto">
              <X />
            </Button>
          </DialogPrimitive.Close>
        </div>
        {children}
      </DialogPrimitive.Content>
    </DialogPrimitive.Portal>
  );
}
