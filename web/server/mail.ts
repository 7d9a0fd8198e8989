// The few mails about accounts: to confirm an address, to reset a password. Plain text through one SMTP server.
import { createTransport, type Transporter } from 'nodemailer';
import { config } from './config';
import { log } from './log';

/** Limits of one mail, ms: to connect, to be greeted, and between two answers. */
const TIMEOUTS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };

/** A mail, ready to be sent. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

let transport: Transporter | undefined;

/** Whether this system can send mail (SMTP_URL). */
export function canSendMail(): boolean {
  return config().SMTP_URL !== undefined;
}

/**
 * Sends a mail in the background, once: the answer that caused it must not take longer for an address that exists. What fails
 * is logged without the address and the link; the person asks again.
 */
export function sendMail(kind: string, mail: Mail): void {
  const { SMTP_URL: url, SMTP_FROM: from } = config();
  if (url === undefined) return;
  transport ??= connect(url);
  transport
    .sendMail({
      from,
      to: { name: '', address: mail.to },
      subject: mail.subject,
      text: mail.text,
      headers: { 'Auto-Submitted': 'auto-generated' },
      disableFileAccess: true,
      disableUrlAccess: true,
    })
    .then(
      () => {
        log.info({ mail: kind }, 'sent a mail');
      },
      (error: unknown) => {
        const { code, responseCode } = error as { code?: string; responseCode?: number };
        log.error({ mail: kind, code, responseCode }, 'could not send a mail');
      },
    );
}

/** TLS is required wherever a password is sent: a network that takes it away gets neither that nor a link. */
function connect(url: string): Transporter {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === 'smtps:';
  return createTransport({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || (secure ? 465 : 587)),
    secure,
    ...(username === ''
      ? {}
      : {
          requireTLS: !secure,
          auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
        }),
    ...TIMEOUTS,
  });
}
