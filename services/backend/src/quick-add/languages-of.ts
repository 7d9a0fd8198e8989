// Which languages a text is read in, by the person's locale.
import type { Language } from './language.ts';
import { english } from './languages/english.ts';
import { french } from './languages/french.ts';
import { german } from './languages/german.ts';

/**
 * The languages to read a text in, the person's own first.
 * English is read by everyone: people who write another language still write "tomorrow".
 */
export function languagesOf(locale: string): readonly [Language, ...Language[]] {
  if (/^de\b/i.test(locale)) return [german, english];
  return /^fr\b/i.test(locale) ? [french, english] : [english];
}
