'use client';
// Short messages. Who shows one needs only this file; what draws them is loaded once the page is idle, so that it is there
// before the connection may be lost.
import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useState,
  type ReactNode,
} from 'react';
import { loadedLater, whenIdle } from '../loaded-later';
import type { ShownToast, ToastMessage } from './toast-message';

type Show = (message: ToastMessage) => void;
const ToastContext = createContext<Show>(() => undefined);

const Toaster = loadedLater(() => import('./toaster'));

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
  useEffect(() => whenIdle(Toaster.preload), []);
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
        <Toaster toasts={toasts} onRemove={remove} label={label} closeLabel={closeLabel} />
      )}
    </ToastContext>
  );
}
