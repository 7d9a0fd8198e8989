// E-mail through one SMTP server. Plain text, so that nothing in a title is ever markup; header lines stay single lines.
//
// A mail is sent at most once, so it matters how far it came. The library says with an answer's code what the server refused;
// without one, a mail whose body was not asked for yet has not arrived, and one whose body went out may have.
import { Readable } from 'node:stream';
import MailComposer from 'nodemailer/lib/mail-composer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { isolated } from '@todo/contracts/text';
import { headline } from './outcome.ts';
import type { Message, Outcome } from './outcome.ts';

/** Limits of one mail, ms: to connect, to be greeted, and between two answers. */
const TIMEOUTS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };

/** The mail server. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; else STARTTLS where the server offers it. */
  readonly secure: boolean;
  /** Nothing is sent to a server that offers no STARTTLS: whoever stands between could leave the offer out. */
  readonly requireTls: boolean;
  readonly user?: { readonly name: string; readonly password: string } | undefined;
  /** The sender: `todo@example.com` or `Todo <todo@example.com>`. */
  readonly from: string;
}

/**
 * Reads a server's address.
 * @param url `smtp://user:password@host:587` or `smtps://…`; default ports 587 and 465.
 * @param requireTls never without encryption
 */
export function mailServer(url: string, from: string, requireTls = false): MailServer {
  const parsed = new URL(url);
  const secure = parsed.protocol === 'smtps:';
  const name = decodeURIComponent(parsed.username);
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: Number(parsed.port || (secure ? 465 : 587)),
    secure,
    requireTls,
    ...(name === '' ? {} : { user: { name, password: decodeURIComponent(parsed.password) } }),
    from,
  };
}

/** Sends one notification. Never rejects for what the server does. */
export async function sendMail(
  server: MailServer,
  address: string,
  message: Message,
): Promise<Outcome> {
  const composed = new MailComposer({
    from: server.from,
    to: { name: '', address },
    subject: headline(message),
    text: mailText(message),
    // the same id on every try: a mail server that got it twice can tell
    messageId: `<${message.notificationId}@todo>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
  const raw = await composed.build();
  const envelope = composed.getEnvelope();
  const state = { sent: false };
  const body = new Readable({
    read() {
      state.sent = true; // asked for only after the server said 354
      this.push(raw);
      this.push(null);
    },
  });
  try {
    await transmit(server, { ...envelope, size: raw.length }, body);
    return { kind: 'delivered' };
  } catch (error) {
    const { responseCode, message: reason } = error as Error & { responseCode?: number };
    if (responseCode !== undefined && responseCode >= 500) return refusal(responseCode, reason);
    if (responseCode !== undefined || !state.sent) return { kind: 'retry', reason };
    return { kind: 'uncertain', reason };
  }
}

// A wrong password or a mail server that wants none (53x) is the operator's to mend, not the end of the mail.
function refusal(code: number, reason: string): Outcome {
  return code >= 530 && code <= 538 ? { kind: 'retry', reason } : { kind: 'refused', reason };
}

function mailText(message: Message): string {
  const lines = [
    isolated(message.title),
    message.dueText === null ? '' : `Due: ${message.dueText}`,
    message.late
      ? `This reminder is late. It was scheduled for ${message.remindAt.slice(0, 16).replace('T', ' ')} UTC.`
      : '',
    message.url ?? '',
  ];
  return `${lines.filter((line) => line !== '').join('\n\n')}\n`;
}

async function transmit(
  server: MailServer,
  envelope: { from: string | false; to: string[]; size: number },
  body: Readable,
): Promise<void> {
  const connection = new SMTPConnection({
    host: server.host,
    port: server.port,
    secure: server.secure,
    requireTLS: server.requireTls,
    ...TIMEOUTS,
  });
  try {
    await new Promise<void>((done, failed) => {
      connection.once('error', failed);
      connection.once('end', () => {
        failed(new Error('the mail server closed the connection'));
      });
      const send = (): void => {
        connection.send(envelope, body, (error) => {
          if (error) failed(error);
          else done();
        });
      };
      connection.connect((error) => {
        if (error) failed(error);
        else if (server.user === undefined) send();
        else {
          const { name: user, password: pass } = server.user;
          connection.login({ credentials: { user, pass } }, (refused) => {
            if (refused) failed(refused);
            else send();
          });
        }
      });
    });
    connection.quit();
  } finally {
    connection.on('error', () => undefined);
    connection.close();
  }
}
