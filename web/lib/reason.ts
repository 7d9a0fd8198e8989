// Why a call failed, in the reader's words: by the problem's code, never by its text, which is the service's and English.
import { textFor, type Text } from '@/text';
import { ApiError } from './api-error';

/** @param error what a call threw; `text`: the reader's */
export function reasonOf(error: unknown, text: Text): string {
  if (!(error instanceof ApiError)) return String(error);
  if (error.status === 0) return text.tasks.reasonOffline;
  const field = error.fields[0];
  if (field === undefined || field.field === '(body)')
    return text.problems[error.code] ?? text.problemOther(field?.message ?? error.message);
  return text.problemField(fieldName(field.field, text), field.message);
}

/** The texts of the page, where no component is at hand: its `lang` is the reader's. */
export function pageText(): Text {
  return textFor(typeof document === 'undefined' ? 'en' : document.documentElement.lang);
}

/** A field as a person knows it; one without a name is called as the service calls it. @param path such as `reminders.0.at` */
function fieldName(path: string, { fields }: Text): string {
  return fields[path.split('.')[0] ?? ''] ?? path;
}
