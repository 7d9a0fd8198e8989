// XML as WebDAV uses it (RFC 4918 8.2, 17): read with namespaces by xmldom, written as text. A document type is refused before
// anything is parsed, so there are no entities to expand.
import { DOMParser, XMLSerializer } from '@xmldom/xmldom';
import type { Element } from '@xmldom/xmldom';

/** Namespaces that we answer in. */
export const DAV = 'DAV:';
export const CALDAV = 'urn:ietf:params:xml:ns:caldav';
export const CALENDARSERVER = 'http://calendarserver.org/ns/';
const APPLE = 'http://apple.com/ns/ical/';

const PREFIXES: Readonly<Record<string, string>> = {
  [DAV]: 'D',
  [CALDAV]: 'C',
  [CALENDARSERVER]: 'CS',
  [APPLE]: 'A',
};
/** Elements within elements; what clients send has fewer than ten levels. */
const MAX_DEPTH = 50;

/** What is wrong with a body. */
export class XmlFault extends Error {
  override readonly name = 'XmlFault';
}

/** An element's namespace and local name as one text, `{DAV:}href`. */
export type QName = `{${string}}${string}`;

/** The name of an element or of a property. */
export function qname(namespace: string, local: string): QName {
  return `{${namespace}}${local}`;
}

/** The parts of a name. */
export function splitName(name: string): { namespace: string; local: string } {
  const at = name.lastIndexOf('}');
  return { namespace: name.slice(1, at), local: name.slice(at + 1) };
}

/** Reads a body's root element. @throws XmlFault */
export function parseXml(text: string): Element {
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text))
    throw new XmlFault('A document type is not allowed. Send the element alone.');
  let root: Element | null | undefined;
  try {
    root = new DOMParser({
      onError: (level, message) => {
        if (level !== 'warning') throw new XmlFault(message);
      },
    }).parseFromString(text, 'application/xml').documentElement;
  } catch (error) {
    throw new XmlFault(`The body is not well-formed XML: ${firstLine(error)}`);
  }
  if (!root) throw new XmlFault('The body contains no element.');
  checkDepth(root);
  return root;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}

function checkDepth(root: Element): void {
  let level: Element[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) throw new XmlFault(`The body has more than ${MAX_DEPTH} levels.`);
    level = level.flatMap(childElements);
  }
}

/** An element's own elements, in order. */
export function childElements(element: Element): Element[] {
  const found: Element[] = [];
  for (let child = element.firstChild; child; child = child.nextSibling)
    if (child.nodeType === 1) found.push(child as Element);
  return found;
}

/** An element's name. */
export function nameOf(element: Element): QName {
  return qname(element.namespaceURI ?? '', element.localName ?? element.nodeName);
}

/** The first own element of a name. */
export function child(element: Element | undefined, name: QName): Element | undefined {
  return element && childElements(element).find((one) => nameOf(one) === name);
}

/** The text within an element, trimmed. */
export function textOf(element: Element | undefined): string {
  return element?.textContent?.trim() ?? '';
}

/** An element as text that stands by itself, with the namespaces it needs. */
export function serialized(element: Element): string {
  return new XMLSerializer().serializeToString(element);
}

/** Text as the content of an element or an attribute; characters that XML 1.0 has not (2.2) are left out. */
export function escapeXml(text: string): string {
  return (
    text
      // eslint-disable-next-line no-control-regex -- these are what XML does not have
      .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '')
      .toWellFormed()
      .replace(/[&<>"\r]/g, (character) => `&#${character.charCodeAt(0)};`)
  );
}

/** An element; `content` is XML. */
export function element(name: QName, content = '', attributes = ''): string {
  const { namespace, local } = splitName(name);
  const prefix = PREFIXES[namespace];
  const tag = prefix === undefined ? local : `${prefix}:${local}`;
  const declared = prefix === undefined ? ` xmlns="${escapeXml(namespace)}"` : '';
  return content === ''
    ? `<${tag}${declared}${attributes}/>`
    : `<${tag}${declared}${attributes}>${content}</${tag}>`;
}

/** A document of one element, whose namespaces are declared there. */
export function documentOf(name: QName, content: string): string {
  return `${documentStart(name)}${content}${documentEnd(name)}`;
}

/** What a document begins with, for one that is written piece by piece. */
export function documentStart(name: QName): string {
  const { namespace, local } = splitName(name);
  const declared = Object.entries(PREFIXES)
    .map(([uri, prefix]) => ` xmlns:${prefix}="${uri}"`)
    .join('');
  return `<?xml version="1.0" encoding="utf-8"?>\n<${PREFIXES[namespace] ?? 'D'}:${local}${declared}>`;
}

/** What it ends with. */
export function documentEnd(name: QName): string {
  const { namespace, local } = splitName(name);
  return `</${PREFIXES[namespace] ?? 'D'}:${local}>`;
}
