'use client';
// Draws toasts.
import { X } from 'lucide-react';
import { Toast as Primitive } from 'radix-ui';
import { cn } from '@/lib/class-names';
import { forgetUndo } from '@/lib/undo';
import { Button } from './button';
import type { ShownToast } from './toast-message';

/** How long a toast stays, in ms: one with a button long enough to reach it by keyboard (F8). */
const SHORT_MS = 3_000;
const LONG_MS = 8_000;

export default function Toaster({
  toasts,
  onRemove,
  label,
  closeLabel,
}: {
  toasts: ShownToast[];
  onRemove: (id: number) => void;
  label: string;
  closeLabel: string;
}) {
  return (
    <Primitive.Provider label={label} swipeDirection="down">
      {toasts.map((toast) => (
        <Primitive.Root
          key={toast.id}
          duration={
            toast.lasting
              ? Infinity
              : toast.action || toast.tone === 'danger'
                ? LONG_MS
                : SHORT_MS
          }
          type={toast.tone === 'danger' || toast.lasting ? 'foreground' : 'background'}
          onOpenChange={(open) => {
            if (!open) onRemove(toast.id);
          }}
          className={cn(
            'relative flex items-center gap-2 rounded-lg border py-2 pe-2 ps-4 text-sm shadow-lg data-[state=open]:animate-rise',
            toast.actions && 'flex-wrap pe-12',
            toast.tone === 'danger'
              ? 'border-danger/50 bg-danger-soft text-danger-text'
              : 'bg-raised',
          )}
        >
          <Primitive.Description
            className={cn(
              'min-w-0 flex-1 py-1 [overflow-wrap:anywhere]',
              toast.actions && 'basis-full font-medium',
            )}
          >
            {toast.text}
          </Primitive.Description>
          <div className={cn('flex flex-wrap', toast.actions && '-ms-3')}>
            {(toast.actions ?? (toast.action ? [toast.action] : [])).map((action) => (
              <Primitive.Action key={action.label} asChild altText={action.label}>
                <Button
                  variant="ghost"
                  size="sm"
                  className="font-semibold text-accent-text"
                  onClick={() => {
                      forgetUndo(action.run);
                      action.run();
                    }}
                >
                  {action.label}
                </Button>
              </Primitive.Action>
            ))}
          </div>
          <Primitive.Close asChild>
            <Button
              variant="ghost"
              size="icon"
              aria-label={closeLabel}
              className={toast.actions && 'absolute top-1 end-2'}
            >
              <X />
            </Button>
          </Primitive.Close>
        </Primitive.Root>
      ))}
      <Primitive.Viewport className="pointer-events-none fixed inset-x-4 bottom-20 z-60 mx-auto flex max-w-sm flex-col gap-2 outline-none *:pointer-events-auto lg:end-auto lg:start-64 lg:mx-0 lg:w-96" />
    </Primitive.Provider>
  );
}
