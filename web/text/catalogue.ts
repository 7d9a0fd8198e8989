// Which texts are at hand besides English. A page loads one language's chunk (components/languages), a server all of them
// (every-language.ts); both put them here, and the functions beside en*.ts take them from here.
import type { admin, usage } from './en-admin';
import type { enAuth } from './en-auth';
import type { chat } from './en-chat';
import type { feeds } from './en-feeds';
import type { filters } from './en-filters';
import type { keyboard } from './en-keyboard';
import type { occurrence } from './en-occurrence';
import type { offline } from './en-offline';
import type { quickAdd } from './en-quick-add';
import type { quickAddHelp } from './en-quick-add-help';
import type { rows } from './en-rows';
import type { settings } from './en-settings';
import type { status } from './en-status';
import type { tour } from './en-tour';
import type { transfer } from './en-transfer';
import type { trash } from './en-trash';
import type { views } from './en-views';
import type { en } from './en';
import { languageOf, type Language } from './languages';

/** Every text of the pages, by area. */
export interface Catalogue {
  readonly main: typeof en;
  readonly admin: typeof admin;
  readonly auth: typeof enAuth;
  readonly chat: typeof chat;
  readonly feeds: typeof feeds;
  readonly filters: typeof filters;
  readonly keyboard: typeof keyboard;
  readonly occurrence: typeof occurrence;
  readonly offline: typeof offline;
  readonly quickAdd: typeof quickAdd;
  readonly quickAddHelp: typeof quickAddHelp;
  readonly rows: typeof rows;
  readonly settings: typeof settings;
  readonly status: typeof status;
  readonly tour: typeof tour;
  readonly transfer: typeof transfer;
  readonly trash: typeof trash;
  readonly usage: typeof usage;
  readonly views: typeof views;
}

const catalogues = new Map<Language, Catalogue>();

/** Makes a language's texts available. */
export function addCatalogue(language: Language, catalogue: Catalogue): void {
  catalogues.set(language, catalogue);
}

/** The texts of an area for a locale; English where the language is not there. @param english the area's */
export function textOf<A extends keyof Catalogue>(
  locale: string,
  area: A,
  english: Catalogue[A],
): Catalogue[A] {
  return catalogues.get(languageOf(locale))?.[area] ?? english;
}
