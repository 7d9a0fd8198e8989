// The Hebrew catalogue, as scripts/compile-text.ts reads it: the pages' texts by area, and apart from them the mails'.
import { admin, status, usage } from './admin.ts';
import { auth } from './auth.ts';
import { filters } from './filters.ts';
import { main } from './main.ts';
import { chat, feeds, keyboard, occurrence, offline, tour } from './parts.ts';
import { quickAdd, quickAddHelp } from './quick-add.ts';
import { rows } from './rows.ts';
import { settings } from './settings.ts';
import { transfer } from './transfer.ts';
import { trash } from './trash.ts';
import { views } from './views.ts';

export { mail } from './mail.ts';
export const pages = {
  main,
  admin,
  auth,
  chat,
  feeds,
  filters,
  keyboard,
  occurrence,
  offline,
  quickAdd,
  quickAddHelp,
  rows,
  settings,
  status,
  tour,
  transfer,
  trash,
  usage,
  views,
};
