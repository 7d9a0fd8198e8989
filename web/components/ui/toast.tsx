'use client';
// Short messages. Who shows one needs only this file; what draws them is loaded after the first load, so that it is there
// before the connection may be lost.
import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useState,
  type ReactNode,
} from 'react';
import { noteUndo } from '@/lib/undo';
import { AFTER_FIRST_LOAD_MS, loadedLater } from '../loaded-later';
import type { ShownToast, ToastMessage } from './toast-message';

type Show = (message: ToastMessage) => void;
const ToastContext = createContext<Show>(() => undefined);

const Toaster = loadedLater(() => import('./toaster'));

/** Shows a toast; it is announced to screen readers once. */
export function useToast(): Show {
  return useContext(ToastContext);
}

const MAX_SHOWN = 2;
/** Reminders stay until they are acted on; more of them than this are in the notifications. */
const MAX_LASTING = 3;
export function ToastProvider({
  children,
  label,
  closeLabel,
  undoLabel,
}: {
  children: ReactNode;
  label: string;
  closeLabel: string;
  /** An action of this name can also be run by a key (lib/undo.ts). */
  undoLabel: string;
}) {
  const [toasts, setToasts] = useState<ShownToast[] | null>(null);
  useEffect(() => {
    // With the first thing a person does, unless that is too late: then it could not be loaded.
    const preload = () => {
      if (navigator.onLine) Toaster.preload();
    };
    const timer = setTimeout(preload, AFTER_FIRST_LOAD_MS);
    const once = { once: true, capture: true };
    window.addEventListener('pointerdown', preload, once);
    window.addEventListener('keydown', preload, once);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('pointerdown', preload, once);
      window.removeEventListener('keydown', preload, once);
    };
  }, []);
  const show = useCallback<Show>((message) => {
    const { action } = message;
    if (action?.label === undoLabel && !action.again) noteUndo(action.run);
    setToasts((shown) =>
      fewer([...(shown ?? []), { ...message, id: (shown?.at(-1)?.id ?? 0) + 1 }]),
    );
  }, [undoLabel]);
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

/** The newest of each kind: a passing message never pushes a reminder away. */
function fewer(toasts: ShownToast[]): ShownToast[] {
  const kept = new Set([
    ...toasts.filter((toast) => toast.lasting).slice(-MAX_LASTING),
    ...toasts.filter((toast) => !toast.lasting).slice(-MAX_SHOWN),
  ]);
  return toasts.filter((toast) => kept.has(toast));
}
