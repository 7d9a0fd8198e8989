'use client';
// Whether the assistant is open. Its panel is loaded when it is first opened.
import { createContext, useContext } from 'react';

/** The assistant as the frame of the page sees it. */
export interface Assistant {
  open: boolean;
  setOpen: (open: boolean) => void;
}

export const AssistantContext = createContext<Assistant>({ open: false, setOpen: () => undefined });

/** Opens and closes the assistant. */
export function useAssistant(): Assistant {
  return useContext(AssistantContext);
}
