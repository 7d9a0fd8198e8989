'use client';
// Rows of a long list, of which only those near the screen are in the document. Loaded with long lists only.
import { defaultRangeExtractor, useWindowVirtualizer, type Range } from '@tanstack/react-virtual';
import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type ComponentProps,
  type CSSProperties,
  type FocusEvent,
} from 'react';

/** Rows beyond the screen on either side: what the keyboard and quick fingers reach next. */
const OVERSCAN = 10;
/** On either side of the row that has the focus, a heading and a row: the next key leads there. */
const BESIDE_FOCUS = 2;

/** What was measured of lists that were left, by their name: going back finds the same place. */
const measured = new Map<string, ReturnType<ReturnType<typeof useVirtualizer>['takeSnapshot']>>();
/** Lists whose measurements are kept. */
const KEPT = 10;

function useVirtualizer(options: Parameters<typeof useWindowVirtualizer<HTMLElement>>[0]) {
  return useWindowVirtualizer<HTMLElement>(options);
}

/** A row that is in the document. */
export interface VirtualRow {
  index: number;
  /** What its element needs, beside its own attributes. */
  attributes: {
    ref: (element: HTMLElement | null) => void;
    style: CSSProperties;
    'data-index': number;
  };
}

/**
 * Which rows of a long list are in the document, and where.
 * @param name of the list, to find its place again
 * @param keys of all rows, in the order of the screen
 * @param estimate how high a row is before it is measured, px
 */
export function useVirtualRows(
  name: string,
  keys: readonly string[],
  estimate: (index: number) => number,
): {
  /** Around the rows. */
  container: Pick<ComponentProps<'div'>, 'ref' | 'style' | 'onFocus'>;
  rows: VirtualRow[];
} {
  const element = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  const focused = useRef<string | null>(null);
  useLayoutEffect(() => {
    const list = element.current;
    const around = list?.parentElement;
    if (!list || !around) return undefined;
    const look = () => {
      setMargin(Math.round(list.getBoundingClientRect().top + window.scrollY));
    };
    look();
    const observer = new ResizeObserver(look); // what is above it grows
    observer.observe(around);
    return () => {
      observer.disconnect();
    };
  }, []);

  const rangeExtractor = useCallback(
    (range: Range) => {
      const shown = defaultRangeExtractor(range);
      const index = focused.current === null ? -1 : keys.indexOf(focused.current);
      if (index === -1) return shown;
      const all = new Set(shown);
      const last = Math.min(index + BESIDE_FOCUS, keys.length - 1);
      for (let beside = Math.max(0, index - BESIDE_FOCUS); beside <= last; beside += 1)
        all.add(beside);
      return [...all].sort((a, b) => a - b);
    },
    [keys],
  );
  const scrolledInto = typeof window !== 'undefined' && window.scrollY > margin && margin > 0;
  const virtualizer = useVirtualizer({
    count: keys.length,
    estimateSize: estimate,
    getItemKey: (index) => keys[index] ?? index,
    overscan: OVERSCAN,
    scrollMargin: margin,
    rangeExtractor,
    initialMeasurementsCache: measured.get(name),
    // A row that comes or goes above the screen does not move what is read; one at the top of the list is seen.
    anchorTo: scrolledInto ? 'end' : 'start',
  });
  useEffect(
    () => () => {
      measured.delete(name);
      measured.set(name, virtualizer.takeSnapshot());
      for (const oldest of [...measured.keys()].slice(0, -KEPT)) measured.delete(oldest);
    },
    [name, virtualizer],
  );

  return {
    container: {
      ref: element,
      // The browser's own anchoring would correct what is corrected already.
      style: { height: virtualizer.getTotalSize(), overflowAnchor: 'none', position: 'relative' },
      onFocus: ({ target }: FocusEvent) => {
        const index = target.closest<HTMLElement>('[data-index]')?.dataset['index'];
        // A menu of the row is elsewhere in the document: the row stays.
        if (index !== undefined) focused.current = keys[Number(index)] ?? null;
      },
    },
    rows: virtualizer.getVirtualItems().map(({ index, start }) => ({
      index,
      attributes: {
        ref: virtualizer.measureElement,
        'data-index': index,
        style: { position: 'absolute', insetInline: 0, top: start - margin },
      },
    })),
  };
}
