// What a person has typed and chosen for a new task, before it is sent.
import type { Ignored } from '@/lib/understood';
import type { SimpleRule } from '@/lib/recurrence';

/** What is typed and chosen so far. */
export interface Draft {
  title: string;
  ignored: Ignored[];
  date: string;
  time: string;
  repeat: '' | SimpleRule;
  remind: string;
  priority: 'none' | 'low' | 'medium' | 'high';
  tags: string;
  /** Not even the date of the page it is typed on. */
  noDate?: boolean;
}

/** Nothing typed. */
export const EMPTY_DRAFT: Draft = {
  title: '',
  ignored: [],
  date: '',
  time: '',
  repeat: '',
  remind: '',
  priority: 'none',
  tags: '',
};
