// What a DAV request is answered with, and how a precondition that failed is said (RFC 4918 16).
import { documentOf, DAV, element, qname } from './xml.ts';
import type { QName } from './xml.ts';

/** An answer; a long body comes piece by piece. */
export interface DavAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | AsyncIterable<string>;
}

/** Media type of every XML body. */
export const XML_TYPE = 'application/xml; charset=utf-8';

/** A condition of the protocol that a request does not meet. */
export class DavFault extends Error {
  override readonly name = 'DavFault';
  readonly status: number;
  readonly condition: QName;
  /** XML within the condition. */
  readonly content: string;
  constructor(status: number, condition: QName, message: string, content = '') {
    super(message);
    this.status = status;
    this.condition = condition;
    this.content = content;
  }
}

/** The answer that names a condition; the sentence is for people. */
export function faultAnswer({ status, condition, content, message }: DavFault): DavAnswer {
  return {
    status,
    headers: { 'content-type': XML_TYPE },
    body: documentOf(
      qname(DAV, 'error'),
      element(condition, content) +
        element(qname('urn:todo:problem', 'detail'), escapeText(message)),
    ),
  };
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A status as a multistatus says it. */
export function statusLine(status: number): string {
  return element(qname(DAV, 'status'), `HTTP/1.1 ${status} ${REASONS[status] ?? ''}`.trim());
}

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  424: 'Failed Dependency',
  507: 'Insufficient Storage',
};
