// Filters in a message: "show my filter Errands", "which filters do I have?", "tasks matching #home & !high". Only where a
// filter begins is read here.
import type { Command } from './command-shape.ts';

/** Reads a question about filters. */
export function readFilterQuestion(plain: string): Command | undefined {
  if (
    /^(?:(?:show|list)(?: me)? |(?:what|which) )?(?:all |of )?(?:my |the )?(?:saved )?filters(?: (?:do i have|have i got|are there|there are|i have))?$/i.test(
      plain,
    )
  )
    return { kind: 'filters' };
  const words =
    /^(?:(?:show|list|open|run|apply|use|give)(?: me)?|what['’]?s in|what is in)\s+(?:the |my )?(?:saved )?filter\s*:?\s+(?:called |named )?(.+)$/i.exec(
      plain,
    )?.[1] ??
    /^(?:(?:show|list|open|run|apply|use|give)(?: me)?|what['’]?s in|what is in)\s+(?:the |my )?["“]?(.+?)["”]? filter$/i.exec(
      plain,
    )?.[1] ??
    /^(?:my )?filter\s*:?\s+(?:called |named )?(.+)$/i.exec(plain)?.[1] ??
    /^(?:(?:show|list|find)(?: me)? )?(?:all |all my |my |the )?tasks (?:matching|where|with the filter)\s*:?\s+(.+)$/i.exec(
      plain,
    )?.[1];
  return words === undefined
    ? undefined
    : { kind: 'filter', words: words.replace(/^["“'‘](.*)["”'’]$/s, '$1') };
}
