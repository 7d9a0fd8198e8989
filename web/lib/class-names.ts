// Joins class names so that a later Tailwind class wins over an earlier one of its kind.
import { clsx, type ClassValue } from 'clsx';
import { twMerge } from 'tailwind-merge';

/** Joins and de-duplicates class names. */
export function cn(...values: ClassValue[]): string {
  return twMerge(clsx(values));
}
