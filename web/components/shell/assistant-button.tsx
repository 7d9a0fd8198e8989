'use client';
import { MessageCircle } from 'lucide-react';
import type { Ref } from 'react';
import { cn } from '@/lib/class-names';
import { useText } from '@/lib/session';
import { useAssistant } from '../chat/assistant';

/** Opens and closes the assistant. */
export function AssistantButton({
  ref,
  onOpen,
}: {
  ref?: Ref<HTMLButtonElement>;
  /** Closes what the button is shown in. */
  onOpen?: () => void;
}) {
  const text = useText();
  const { open, setOpen } = useAssistant();
  return (
    <button
      ref={ref}
      type="button"
      aria-expanded={open}
      className={cn(
        'mt-2 flex w-full items-center gap-3 rounded-md px-2.5 py-2.5 text-start text-sm lg:py-2',
        open ? 'bg-accent-soft font-medium text-accent-text' : 'hover:bg-ink/6',
      )}
      onClick={() => {
        setOpen(!open);
        onOpen?.();
      }}
    >
      <MessageCircle aria-hidden className="size-4.5 shrink-0" />
      {text.nav.chat}
    </button>
  );
}
