// The words of Break it in the operator's language; apart from the others, so that only that page loads them.
import { breakIt as en } from './en-break';

/** Every text of that page. */
type BreakText = typeof en;

/** The texts for a locale: English so far, as the names of parts and faults in the logs are. */
export function breakText(_locale: string): BreakText {
  return en;
}
