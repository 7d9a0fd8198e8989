// Everything in English, by area, in the shape that translations have: what scripts/compile-text.ts compares them with.
// Only tools import it.
import { admin, usage } from './en-admin.ts';
import { enAuth } from './en-auth.ts';
import { chat } from './en-chat.ts';
import { feeds } from './en-feeds.ts';
import { filters } from './en-filters.ts';
import { keyboard } from './en-keyboard.ts';
import { enMail } from './en-mail.ts';
import { occurrence } from './en-occurrence.ts';
import { offline } from './en-offline.ts';
import { quickAdd } from './en-quick-add.ts';
import { quickAddHelp } from './en-quick-add-help.ts';
import { rows } from './en-rows.ts';
import { settings } from './en-settings.ts';
import { status } from './en-status.ts';
import { tour } from './en-tour.ts';
import { transfer } from './en-transfer.ts';
import { trash } from './en-trash.ts';
import { views } from './en-views.ts';
import { en } from './en.ts';
import type { Catalogue } from './catalogue.ts';

export const mail = enMail;
export const pages: Catalogue = {
  main: en,
  admin,
  auth: enAuth,
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
