// Ids that sort by the time they were made, so that new rows go to the end of an index. RFC 9562, version 7.
import { randomBytes } from 'node:crypto';

/**
 * Makes a UUID version 7.
 * @param ms the time it carries, ms since the epoch.
 */
export function uuidv7(ms: number = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(ms, 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
