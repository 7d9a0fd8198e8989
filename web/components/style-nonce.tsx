'use client';
// Dialogs lock the page's scrolling with a <style> of their own; the content security policy lets it
// pass only with the page's nonce.
import { setNonce } from 'get-nonce';

export function StyleNonce() {
  if (typeof document !== 'undefined') {
    const nonce = document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce;
    if (nonce) setNonce(nonce);
  }
  return null;
}
