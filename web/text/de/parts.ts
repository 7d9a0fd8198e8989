// The texts of the parts that are loaded when they are needed, in German: ICU messages, compiled by `npm run text`. The pages
// “Admin”, “Status” and “Import and export” and the accounts have files of their own.
import type { chat as enChat } from '../en-chat';
import type { feeds as enFeeds } from '../en-feeds';
import type { keyboard as enKeyboard } from '../en-keyboard';
import type { occurrence as enOccurrence } from '../en-occurrence';
import type { offline as enOffline } from '../en-offline';
import type { tour as enTour } from '../en-tour';
import type { Translation } from '../translation';

export const chat: Translation<typeof enChat> = {
  title: 'Assistent',
  log: 'Gespräch',
  placeholder: 'Stelle eine Frage oder gib eine Anweisung',
  message: 'Nachricht an den Assistenten',
  send: 'Senden',
  stop: 'Anhalten',
  empty:
    'Frage nach deinen Aufgaben oder sage, was sich ändern soll. Der Assistent versteht Englisch.',
  // The built-in assistant reads English, so what it is shown to understand stays English.
  examples: ['What is due this week?', 'Add buy milk tomorrow at 9', 'Complete buy milk'],
  failed: 'Keine Antwort: {reason}',
  loadFailed: 'Das Gespräch konnte nicht geladen werden',
  offline: 'die Verbindung ist abgebrochen.',
  off: 'Den Assistenten gibt es in diesem System nicht.',
  notKept: 'Dieses Gespräch wird gerade nicht gespeichert.',
  you: 'Du',
  assistant: 'Assistent',
  confirm: 'Ja, mach das',
  deny: 'Nein',
  expired: 'Diese Frage ist abgelaufen. Frage noch einmal.',
  thinking: 'Antwortet…',
  more: 'und weitere',
  clear: 'Gespräch löschen',
  clearTitle: 'Das Gespräch löschen?',
  clearHint: 'Damit werden alle Nachrichten gelöscht. Deine Aufgaben bleiben.',
  done: 'erledigt',
};

export const feeds: Translation<typeof enFeeds> = {
  title: 'Kalender-Feeds',
  hint: 'Abonniere deine Aufgaben in einer Kalender-App, nur zum Lesen. Wer die Adresse kennt, kann diese Aufgaben lesen; behandle sie wie ein Passwort.',
  none: 'Noch keine Kalender-Feeds.',
  failed: 'Die Kalender-Feeds konnten nicht geladen werden',
  name: 'Name',
  nameMissing: 'Gib dem Feed einen Namen.',
  shows: 'Zeigt',
  contents: {
    events: 'Aufgaben mit Fälligkeit, als Termine',
    tasks: 'Alle Aufgaben, als Aufgaben',
  },
  contentsHint:
    'Google Kalender, Apple Kalender und Outlook zeigen nur Termine. Thunderbird zeigt beides.',
  from: 'Aus',
  everything: 'Alle Listen',
  noList: 'Aufgaben ohne Liste',
  deletedList: 'eine gelöschte Liste',
  create: 'Feed anlegen',
  newAddress: 'Kopiere die Adresse jetzt. Sie wird nicht noch einmal angezeigt.',
  lastUsed: 'gelesen {time}',
  neverUsed: 'noch nicht gelesen',
  renew: 'Neue Adresse',
  renewOf: 'Neue Adresse für {name}',
  renewTitle: '„{name}“ eine neue Adresse geben?',
  renewHint:
    'Die alte Adresse funktioniert dann sofort nicht mehr. Apps, die sie benutzen, müssen neu abonnieren.',
  revoke: 'Widerrufen',
  revokeOf: '{name} widerrufen',
  revokeTitle: '„{name}“ widerrufen?',
  revokeHint: 'Die Adresse funktioniert dann sofort nicht mehr.',
  revoked: '„{name}“ widerrufen',
};

export const keyboard: Translation<typeof enKeyboard> = {
  palette: 'Befehlspalette',
  paletteField: 'Befehle, Listen und Aufgaben suchen',
  paletteHint: 'Tippe zum Suchen und wähle mit den Pfeiltasten und der Eingabetaste.',
  nothing: 'Nichts gefunden',
  found: '{number, plural, one {# Treffer} other {# Treffer}}',
  help: 'Tastenkürzel',
  enabled: 'Kürzel aus einer Taste',
  enabledHint:
    'Schalte sie aus, wenn du mit Sprache eingibst oder versehentlich Tasten drückst. Befehlspalette und Rückgängig bleiben.',
  groups: {
    general: 'Überall',
    list: 'In einer Liste',
    task: 'Die ausgewählte Aufgabe',
    go: 'Gehe zu',
    lists: 'Listen',
    filters: 'Filter',
    tags: 'Tags',
    tasks: 'Aufgaben',
    settings: 'Einstellungen',
  },
  shortcuts: {
    palette: 'Befehlspalette öffnen',
    help: 'Alle Tastenkürzel zeigen',
    undo: 'Letzte Änderung rückgängig machen',
    add: 'Aufgabe hinzufügen',
    search: 'Aufgaben suchen',
    next: 'Nächste Aufgabe',
    previous: 'Vorige Aufgabe',
    open: 'Öffnen',
    rename: 'Umbenennen',
    complete: 'Erledigen oder wieder öffnen',
    date: 'Datum ändern…',
    tomorrow: 'Morgen fällig',
    today: 'Heute fällig',
    priority: 'Priorität ändern…',
    move: 'In eine Liste verschieben…',
    delete: 'Löschen',
    goToday: 'Heute',
    goUpcoming: 'Demnächst',
    goCalendar: 'Kalender',
    goBoard: 'Board',
    goAll: 'Alle Aufgaben',
    goDone: 'Erledigt',
    goSearch: 'Suche',
  },
  or: 'oder',
  nextWeek: 'In einer Woche fällig',
  onDate: 'Fällig am {date}',
  noDate: 'Ohne Fälligkeit',
  dateField: 'Ein Datum wie 2027-01-31, oder wähle',
  priority: 'Priorität: {name}',
  moveTo: 'Nach „{list}“ verschieben',
  noList: 'Aus der Liste nehmen',
  theme: 'Design: {name}',
  switchOff: 'Kürzel aus einer Taste ausschalten',
  switchOn: 'Kürzel aus einer Taste einschalten',
  about: 'Für „{title}“',
  newFilter: 'Neuer Filter',
  nothingToUndo: 'Es gibt nichts rückgängig zu machen.',
  noTask: 'Wähle zuerst eine Aufgabe, mit J oder den Pfeiltasten.',
};

export const occurrence: Translation<typeof enOccurrence> = {
  skip: 'Diesen Termin auslassen',
  skipped: '„{title}“ ausgelassen. Nächster Termin: {day}',
  back: '„{title}“ ist wieder da',
  appliesTo: 'Ändern',
  following: 'Diesen und alle folgenden',
  onlyThis: 'Nur diesen',
  onlyThisHint: 'Der nächste ist wieder wie üblich.',
};

export const offline: Translation<typeof enOffline> = {
  title: 'Änderungen auf diesem Gerät',
  hint: 'Sie werden in dieser Reihenfolge gesendet, sobald es eine Verbindung gibt.',
  nothing: 'Alles ist gesendet.',
  sent: 'Wieder online. {number, plural, one {# Änderung} other {# Änderungen}} gesendet.',
  lines: 'Wartet auf das Hinzufügen',
  edit: 'Bearbeiten',
  discard: 'Die Änderung verwerfen: {title}',
  discardShort: 'Verwerfen',
  choose: 'Wählen',
  conflict: 'Dasselbe Feld wurde anderswo geändert. Wähle, welche Fassung bleibt.',
  add: '„{title}“ hinzufügen',
  complete: '„{title}“ erledigen',
  reopen: '„{title}“ wieder öffnen',
  delete: '„{title}“ löschen',
  restore: '„{title}“ wiederherstellen',
  patch: '„{title}“ ändern',
  newVersion: 'Eine neue Version der App ist bereit.',
  reload: 'Neu laden',
  needsNetwork: 'Diese Seite braucht eine Verbindung',
  needsNetworkHint: 'Deine Aufgaben und Listen gehen auch ohne.',
};

export const tour: Translation<typeof enTour> = {
  title: 'Eine kurze Tour, {step} von {of}',
  add: 'Tippe eine Aufgabe, wie du sie sagen würdest: „Miete zahlen am 1. jedes Monats um 9 Uhr #haus“. Was verstanden wurde, steht unter der Zeile, und die Eingabetaste fügt sie hinzu.',
  plan: '„Heute“ zeigt, was fällig und überfällig ist, „Demnächst“ die Tage danach. Listen halten die Aufgaben eines Projekts in deiner Reihenfolge.',
  remind:
    'Eine Erinnerung erscheint überall, wo die App offen ist. Unter „Konto“ wählst du, wohin sie außerdem geht: Mail, dieses Gerät, Ruhezeit.',
  keys: 'Alles hat eine Taste: {keys} findet Aufgaben und Befehle, ? zeigt alle Tastenkürzel. Jede Änderung lässt sich gleich danach rückgängig machen.',
  next: 'Weiter',
  back: 'Zurück',
  skip: 'Tour überspringen',
  done: 'Fertig',
};
