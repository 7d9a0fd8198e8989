// The texts of signing in, signing up and the safety of an account, in German: ICU messages, compiled by `npm run text`.
import type { enAuth } from '../en-auth';
import type { Translation } from '../translation';

export const auth: Translation<typeof enAuth> = {
  signIn: 'Anmelden',
  signUp: 'Konto anlegen',
  welcome: 'Willkommen zurück',
  welcomeHint: 'Melde dich an, um zu sehen, was ansteht.',
  start: 'Lege dein Konto an',
  startHint: 'Aufgaben, Erinnerungen und Wiederkehrendes, in deiner Zeitzone.',
  whoMaySignUp: {
    invitation: 'Du brauchst eine Einladung. Öffne ihren Link, um sie zu nutzen.',
    domain: 'Du brauchst eine Adresse der Domains dieses Systems oder eine Einladung.',
    closed: 'Hier kann niemand ein Konto anlegen.',
  },
  name: 'Name',
  email: 'E-Mail',
  password: 'Passwort',
  passwordHint: 'Mindestens 15 Zeichen, etwa vier oder fünf Wörter.',
  noAccount: 'Noch kein Konto?',
  haveAccount: 'Schon ein Konto?',
  zoneNote: 'Deine Zeitzone ist {zone}. Du kannst sie in deinem Konto ändern.',
  failed: 'Die Anfrage ist fehlgeschlagen. Prüfe deine Verbindung und versuche es erneut.',
  nameMissing: 'Gib deinen Namen ein.',
  emailWrong: 'Gib eine E-Mail-Adresse wie mia@example.com ein.',
  passwordShort: 'Nimm mindestens 15 Zeichen, etwa vier oder fünf Wörter.',
  passwordMissing: 'Gib dein Passwort ein.',
  notSignedIn:
    'Wir konnten dich nicht anmelden. Wenn du schon ein Konto mit dieser Adresse hast, melde dich mit seinem Passwort an.',
  perhapsUnconfirmed:
    'Wenn du deine Adresse noch nicht bestätigt hast, öffne zuerst den Link in der Nachricht, die wir dir gesendet haben.',
  checkMail: 'Sieh in deine Mails',
  checkMailHint:
    'Wir haben eine Nachricht an {address} gesendet. Öffne den Link darin, um fortzufahren. Kommt in den nächsten Minuten nichts an, prüfe die Adresse und deinen Spam-Ordner.',
  backToSignIn: 'Zurück zur Anmeldung',
  forgot: 'Passwort vergessen?',
  forgotTitle: 'Neues Passwort setzen',
  forgotHint:
    'Gib deine Adresse ein. Gibt es dazu ein Konto, senden wir dir einen Link, der eine Stunde lang gilt.',
  forgotSend: 'Link senden',
  forgotSent:
    'Wenn es zu {address} ein Konto gibt, ist ein Link unterwegs. Nach einigen Minuten nichts da? Prüfe die Adresse und deinen Spam-Ordner und fordere ihn noch einmal an.',
  forgotByOperator:
    'Dieses System sendet keine Mails. Bitte die Person, die es betreibt, um einen Link für ein neues Passwort.',
  forgotCommand: 'Sie erzeugt ihn mit diesem Befehl:',
  resetTitle: 'Wähle ein neues Passwort',
  resetHint: 'Beim Speichern werden alle Geräte abgemeldet.',
  newPassword: 'Neues Passwort',
  resetSave: 'Passwort speichern',
  resetDone: 'Dein Passwort ist gesetzt. Du kannst dich jetzt damit anmelden.',
  resetInvalid: 'Dieser Link ist ungültig, schon benutzt oder abgelaufen.',
  resetAgain: 'Neuen Link anfordern',
  confirmed: 'Deine Adresse ist bestätigt',
  confirmedHint: 'Danke. Du kannst jetzt fortfahren.',
  notConfirmed: 'Dieser Link ist ungültig oder abgelaufen',
  notConfirmedHint: 'Melde dich an und fordere in deinem Konto einen neuen an.',
  goOn: 'Fortfahren',
  continueWith: 'Weiter mit {name}',
  providerProblem: {
    account_not_linked:
      'Mit dieser Adresse gibt es schon ein Konto. Melde dich mit seinem Passwort an; verbinden lassen sie sich, sobald beide Adressen bestätigt sind.',
    email_not_found:
      'Der Anbieter hat keine E-Mail-Adresse weitergegeben, und ein Konto braucht eine.',
    email_not_verified:
      'Deine Adresse ist noch nicht bestätigt. Bestätige sie zuerst beim Anbieter.',
    signup_disabled:
      'Du hast hier kein Konto. Bitte die Person, die dieses System betreibt, um eines.',
    access_denied: 'Die Anmeldung wurde abgebrochen.',
    other:
      'Die Anmeldung über diesen Anbieter ist fehlgeschlagen. Versuche es erneut oder auf einem anderen Weg.',
  },
  secondFactor: {
    title: 'Zweiter Faktor',
    codeHint: 'Gib den Code ein, den deine Authenticator-App für diese Seite zeigt.',
    recoverHint:
      'Gib einen der Wiederherstellungscodes ein, die du aufbewahrt hast. Jeder gilt einmal.',
    code: 'Code',
    recoveryCode: 'Wiederherstellungscode',
    useRecovery: 'Wiederherstellungscode benutzen',
    useCode: 'Authenticator-App benutzen',
    over: 'Diese Anmeldung hat zu lange gedauert oder hatte zu viele falsche Codes. Gib dein Passwort noch einmal ein.',
    problems: {
      INVALID_CODE: 'Dieser Code ist falsch, zu alt oder schon benutzt. Gib den nächsten ein.',
      INVALID_BACKUP_CODE: 'Dieser Wiederherstellungscode ist falsch oder schon benutzt.',
      ACCOUNT_TEMPORARILY_LOCKED: 'Zu viele falsche Codes. Versuche es in 15 Minuten erneut.',
    },
    hint: 'Nach deinem Passwort fragt die Anmeldung nach einem Code aus einer App auf deinem Telefon. Mit einem Passkey oder über einen Anbieter wird nicht danach gefragt.',
    on: 'An.',
    off: 'Aus.',
    noPassword: 'Er schützt Passwörter, und dein Konto hat keines.',
    setUp: 'Einrichten',
    confirmPassword: 'Mit deinem Passwort bestätigen',
    goOn: 'Fortfahren',
    scan: 'Scanne diesen Code mit deiner Authenticator-App oder tippe das Geheimnis dort ein.',
    qr: 'QR-Code für deine Authenticator-App',
    secret: 'Geheimnis',
    confirmCode: 'Code, den die App jetzt zeigt',
    turnOn: 'Einschalten',
    turnedOn: 'Der zweite Faktor ist an.',
    keepCodes:
      'Bewahre diese Wiederherstellungscodes dort auf, wo du sie ohne dein Telefon findest. Jeder gilt einmal. Sie werden nicht noch einmal angezeigt.',
    kept: 'Ich habe sie aufbewahrt',
    newCodes: 'Neue Wiederherstellungscodes',
    newCodesHint: 'Die Wiederherstellungscodes, die du hast, gelten dann nicht mehr.',
    turnOff: 'Ausschalten',
    turnedOff: 'Der zweite Faktor ist aus.',
  },
  required: {
    title: 'Ein zweiter Faktor ist nötig',
    hint: 'Wer dieses System betreibt, verlangt einen zweiten Faktor. Richte einen davon ein, um fortzufahren.',
    passkeyHint:
      'Wer dieses System betreibt, verlangt einen zweiten Faktor. Verwende deinen Passkey, um fortzufahren.',
    signedInAs: 'Du bist als {email} angemeldet.',
    signOut: 'Abmelden',
  },
  passkeys: {
    title: 'Passkeys',
    hint: 'Melde dich mit Fingerabdruck, Gesicht oder der PIN eines Geräts an, ohne Passwort und Code.',
    none: 'Noch keine Passkeys.',
    unavailable:
      'Passkeys brauchen https und einen Hostnamen. Diese Adresse hat beides nicht, oder der Browser ist zu alt.',
    loadFailed: 'Die Passkeys konnten nicht geladen werden',
    name: 'Gerät, zum Beispiel „Telefon“',
    nameMissing: 'Gib einen Namen ein.',
    add: 'Passkey hinzufügen',
    added: 'Der Passkey „{name}“ wurde hinzugefügt.',
    addedAt: 'hinzugefügt {time}',
    unnamed: 'Passkey',
    rename: 'Umbenennen',
    renameOf: '{name} umbenennen',
    renamed: 'Der Passkey heißt jetzt „{name}“.',
    newName: 'Neuer Name',
    save: 'Speichern',
    remove: 'Entfernen',
    removeOf: '{name} entfernen',
    removeTitle: 'Den Passkey „{name}“ entfernen?',
    removeHint: 'Er meldet dich dann nicht mehr an. Lösche ihn auch auf dem Gerät.',
    removed: 'Der Passkey „{name}“ wurde entfernt.',
    signIn: 'Passkey benutzen',
    notUsed: 'Es wurde kein Passkey benutzt. Versuche es erneut oder melde dich anders an.',
    notAdded: 'Es wurde kein Passkey hinzugefügt.',
    known: 'Dieses Gerät hat schon einen Passkey dieses Kontos.',
  },
  link: {
    offer: 'Link per Mail bekommen',
    title: 'Per Mail anmelden',
    hint: 'Gib deine Adresse ein. Gibt es dazu ein Konto, senden wir dir einen Link, der dich anmeldet. Er gilt zehn Minuten.',
    sent: 'Wenn es zu {address} ein Konto gibt, ist eine Nachricht unterwegs. Nach einigen Minuten nichts da? Prüfe die Adresse und deinen Spam-Ordner und fordere sie noch einmal an.',
    useHint: 'Du hast einen Link geöffnet, der dich auf diesem Gerät anmeldet.',
    invalid: 'Dieser Link ist ungültig, schon benutzt oder abgelaufen. Fordere einen neuen an.',
  },
  again: {
    hint: 'Dafür muss deine letzte Anmeldung weniger als 15 Minuten her sein.',
    button: 'Noch einmal anmelden',
  },
  noPassword: {
    byMail:
      'Dein Konto hat kein Passwort. Um eines zu setzen, fordere einen Link an, als hättest du es vergessen.',
    byOperator:
      'Dein Konto hat kein Passwort. Die Person, die dieses System betreibt, kann einen Link erzeugen, mit dem du eines setzt.',
    ask: 'Passwort per Mail setzen',
  },
  sessions: {
    title: 'Geräte',
    hint: 'Wo du angemeldet bist. Melde ab, was du nicht erkennst, und ändere dein Passwort.',
    current: 'Dieses Gerät',
    lastUsed: 'zuletzt benutzt {time}',
    device:
      '{browser, select, none {{system, select, none {Unbekanntes Gerät} other {{system}}}} other {{system, select, none {{browser}} other {{browser} auf {system}}}}}',
    end: 'Abmelden',
    endOf: 'Abmelden: {device}',
    endOthers: 'Alle anderen Geräte abmelden',
    ended: '{number, plural, one {# Gerät} other {# Geräte}} abgemeldet.',
    loadFailed: 'Die Geräte konnten nicht geladen werden',
  },
  endOthersToo: 'Alle anderen Geräte abmelden',
  passwordChanged:
    '{others, select, true {Passwort geändert. Andere Geräte sind abgemeldet.} other {Passwort geändert.}}',
  address: {
    title: 'E-Mail-Adresse',
    confirmed: 'Bestätigt.',
    open: 'Noch nicht bestätigt. Mails gehen nur an bestätigte Adressen.',
    send: 'Link senden',
    sent: 'Ein Link an {address} wurde gesendet.',
    byOperator:
      'Nicht bestätigt. Dieses System sendet keine Mails; wer es betreibt, kann deine Adresse bestätigen.',
  },
};
