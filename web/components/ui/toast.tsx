'use client';
import { X } from 'lucide-react';
import { Toast as Primitive } from 'radix-ui';
import { createContext, useCallback, useContext, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { cn } from '@/lib/class-names';
import { useHydrated } from '@/lib/use-browser-value';
import { Button } from './button';

/** A short message at the bottom, with at most one thing to do about it. */
export interface ToastMessage {
  text: string;
  tone?: 'plain' | 'danger';
  action?: { label: string; run: () => void };
}

type Show = (message: ToastMessage) => void;
const ToastContext = createContext<Show>(() => undefined);

/** Shows a toast; it is announced to screen readers once. */
export function useToast(): Show {
  return useContext(ToastContext);
}

/** How long a toast stays, in ms: one with a button long enough to reach it by keyboard (F8). */
const SHORT_MS = 3_000;
const LONG_MS = 8_000;
const MAX_SHOWN = 2;

export function ToastProvider({
  children,
  label,
  closeLabel,
}: {
  children: ReactNode;
  label: string;
  closeLabel: string;
}) {
  const [toasts, setToasts] = useState<(ToastMessage & { id: number })[]>([]);
  // Only in the browser: on the server its viewport would carry an inline style the policy refuses.
  const mounted = useHydrated();
  const show = useCallback<Show>((message) => {
    setToasts((shown) =>
      [...shown, { ...message, id: (shown.at(-1)?.id ?? 0) + 1 }].slice(-MAX_SHOWN),
    );
  }, []);
  const remove = useCallback((id: number) => {
    setToasts((shown) => shown.filter((toast) => toast.id !== id));
  }, []);
  const context = useMemo(() => show, [show]);
  return (
    <ToastContext value={context}>
      {children}
      {mounted ? (
        <Primitive.Provider label={label} swipeDirection="down">
          {toasts.map((toast) => (
            <Primitive.Root
              key={toast.id}
              duration={toast.action || toast.tone === 'danger' ? LONG_MS : SHORT_MS}
              type={toast.tone === 'danger' ? 'foreground' : 'background'}
              onOpenChange={(open) => {
                if (!open) remove(toast.id);
              }}
              className={cn(
                'flex items-center gap-2 rounded-lg border bg-raised py-2 pr-2 pl-4 text-sm shadow-lg animate-rise',
                toast.tone === 'danger' && 'border-danger/50 bg-danger-soft text-danger-text',
              )}
            >
              <Primitive.Description className="min-w-0 flex-1 py-1 [overflow-wrap:anywhere]">
                {toast.text}
              </Primitive.Description>
              {toast.action ? (
                <Primitive.Action asChild altText={toast.action.label}>
                  <Button
                    variant="ghost"
                    size="sm"
                    className="font-semibold text-accent-text"
                    onClick={toast.action.run}
                  >
                    {toast.action.label}
                  </Button>
                </Primitive.Action>
              ) : null}
              <Primitive.Close asChild>
                <Button variant="ghost" size="icon" aria-label={closeLabel}>
                  <X />
                </Button>
              </Primitive.Close>
            </Primitive.Root>
          ))}
          <Primitive.Viewport className="pointer-events-none fixed inset-x-4 bottom-20 z-60 mx-auto flex max-w-sm flex-col gap-2 outline-none *:pointer-events-auto lg:right-auto lg:left-64 lg:mx-0 lg:w-96" />
        </Primitive.Provider>
      ) : null}
    </ToastContext>
  );
}
