// A mail server that keeps what it gets.
import { SMTPServer } from 'smtp-server';

/** One mail, decoded. */
export interface ReceivedMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** A mail server that listens on this machine. */
export interface MailServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Starts one. @param mails gets what arrives, the newest last */
export async function startMailServer(mails: ReceivedMail[]): Promise<MailServer> {
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString();
        const [head = '', body = ''] = raw.split(/\r\n\r\n(.*)/s);
        mails.push({
          to: session.envelope.rcptTo.map(({ address }) => address).join(),
          subject: /^Subject: (.*)$/m.exec(head)?.[1]?.trim() ?? '',
          text: unquoted(body),
        });
        done();
      });
    },
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.server.address() as { port: number };
  return {
    url: `smtp://127.0.0.1:${port}`,
    close: () =>
      new Promise((closed) => {
        server.close(closed);
      }),
  };
}

/** Quoted-printable, the only encoding of these mails. */
function unquoted(text: string): string {
  const bytes = text
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}
