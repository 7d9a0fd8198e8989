// The words of the calendar, the board and long lists, in English: one area of the catalogue.
import { board } from './en-board.ts';
import { calendar } from './en-calendar.ts';
import { longList } from './en-long-list.ts';

export const views = { board, calendar, longList };
