// What an authenticator app does with the address of a QR code: time-based one-time passwords (RFC 6238, RFC 4226).
import { createHmac } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The secret of an `otpauth:` address. */
export function secretOf(uri: string): Buffer {
  const text = new URL(uri).searchParams.get('secret') ?? '';
  const bits = Array.from(text, (letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0'));
  return Buffer.from((bits.join('').match(/.{8}/g) ?? []).map((octet) => parseInt(octet, 2)));
}

/** The six digits of now. @param steps of 30 s to go on from now */
export function codeOf(uri: string, steps = 0): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const hash = createHmac('sha1', secretOf(uri)).update(counter).digest();
  const binary = hash.readUInt32BE(hash.at(-1)! & 0xf) & 0x7fff_ffff;
  return String(binary % 1_000_000).padStart(6, '0');
}
