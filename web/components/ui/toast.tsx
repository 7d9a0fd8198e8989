'use client';
// Short messages. Who shows one needs only this file; what draws them is loaded when a person first does
// something, so that it is there before the connection may be lost.
import {
  createContext,
  lazy,
  Suspense,
  useCallback,
  useContext,
  useEffect,
  useState,
  type ReactNode,
} from 'react';
import type { ShownToast, ToastMessage } from './toast-message';

type Show = (message: ToastMessage) => void;
const ToastContext = createContext<Show>(() => undefined);

const loadToaster = () => import('./toaster');
const Toaster = lazy(loadToaster);

function preload(): void {
  loadToaster().catch(() => undefined); // the first toast tries again
}

/** Shows a toast; it is announced to screen readers once. */
export function useToast(): Show {
  return useContext(ToastContext);
}

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
  const [toasts, setToasts] = useState<ShownToast[] | null>(null);
  useEffect(() => {
    const once = { once: true, capture: true };
    window.addEventListener('pointerdown', preload, once);
    window.addEventListener('keydown', preload, once);
    return () => {
      window.removeEventListener('pointerdown', preload, once);
      window.removeEventListener('keydown', preload, once);
    };
  }, []);
  const show = useCallback<Show>((message) => {
    setToasts((shown) =>
      [...(shown ?? []), { ...message, id: (shown?.at(-1)?.id ?? 0) + 1 }].slice(-MAX_SHOWN),
    );
  }, []);
  const remove = useCallback((id: number) => {
    setToasts((shown) => shown?.filter((toast) => toast.id !== id) ?? null);
  }, []);
  return (
    <ToastContext value={show}>
      {children}
      {toasts === null ? null : (
        <Suspense>
          <Toaster toasts={toasts} onRemove={remove} label={label} closeLabel={closeLabel} />
        </Suspense>
      )}
    </ToastContext>
  );
}
