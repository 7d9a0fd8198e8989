'use client';
// Completes the word at the cursor of the quick-add line, and shows an example in the empty one. Loaded after the page.
//
// The line stays a text field: its arrow keys move through the completions only while some are shown, Tab uses one, Enter uses
// one that was chosen with the arrow keys, and Escape hides them.
import { useQuery } from '@tanstack/react-query';
import { CircleHelp, Clock, Flag, type LucideIcon } from 'lucide-react';
import { useEffect, useEffectEvent, useId, useState, type RefObject } from 'react';
import { afterClick } from '@/lib/after-click';
import { cn } from '@/lib/class-names';
import { completed, completionsAt, type Completion } from '@/lib/completions';
import { listsOptions, tagsOptions } from '@/lib/lists';
import { usePerson } from '@/lib/session';
import { quickAddHelpFor } from '@/text/quick-add-help';
import { loadedLater } from '../loaded-later';
import { Button } from '../ui/button';

/** Of what has no sign of its own. */
const ICONS: Partial<Record<Completion['kind'], LucideIcon>> = { priority: Flag, when: Clock };

const Help = loadedLater(() => import('./quick-add-help'));

/** Which example is shown; the next one with each line that was added. */
let turn = 0;

export default function QuickAddCompletions({
  input,
  line,
  onLine,
}: {
  input: RefObject<HTMLInputElement | null>;
  line: string;
  onLine: (line: string) => void;
}) {
  const text = quickAddHelpFor(usePerson().locale);
  const id = useId();
  const lists = useQuery(listsOptions).data ?? [];
  const tags = useQuery(tagsOptions).data ?? [];
  /** Where the cursor is; null while the line has no focus. */
  const [cursor, setCursor] = useState<number | null>(null);
  /** The line that Escape was pressed on. */
  const [hidden, setHidden] = useState<string | null>(null);
  const [chosen, setChosen] = useState({ line: '', index: -1 });
  const [helping, setHelping] = useState(false);
  /** Something of the form has the focus. */
  const [within, setWithin] = useState(false);
  const offered =
    cursor === null || hidden === line || line === ''
      ? []
      : completionsAt(line, cursor, {
          tags: tags.map(({ tag }) => tag),
          lists: lists.map(({ name }) => name),
          whens: text.whens,
        });
  const index = chosen.line === line && chosen.index < offered.length ? chosen.index : -1;

  const use = (completion: Completion | undefined) => {
    if (completion === undefined) return;
    const next = completed(line, completion);
    onLine(next.line);
    requestAnimationFrame(() => {
      input.current?.focus();
      input.current?.setSelectionRange(next.cursor, next.cursor);
    });
  };
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (offered.length === 0 || event.isComposing || event.ctrlKey || event.metaKey || event.altKey)
      return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      const count = offered.length + 1;
      setChosen({ line, index: ((index + 1 + step + count) % count) - 1 });
    } else if (event.key === 'Tab' && !event.shiftKey) use(offered[Math.max(index, 0)]);
    else if (event.key === 'Enter' && index >= 0) use(offered[index]);
    else if (event.key === 'Escape') setHidden(line);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  useEffect(() => {
    const field = input.current;
    if (field === null) return;
    const look = () => {
      setCursor(document.activeElement === field ? field.selectionStart : null);
    };
    const { form } = field;
    const lookWithin = () => {
      setWithin(form?.contains(document.activeElement) === true);
    };
    // What goes with the focus goes after the click that takes it: the page must not move under the pointer.
    const onFocusOut = ({ relatedTarget }: FocusEvent) => {
      if (relatedTarget instanceof Node && form?.contains(relatedTarget) === true) return;
      afterClick(() => {
        lookWithin();
        look();
      });
    };
    look();
    lookWithin();
    form?.addEventListener('focusin', lookWithin);
    form?.addEventListener('focusout', onFocusOut);
    field.addEventListener('keydown', onKey, { capture: true });
    for (const type of ['keyup', 'click', 'focus', 'input']) field.addEventListener(type, look);
    return () => {
      form?.removeEventListener('focusin', lookWithin);
      form?.removeEventListener('focusout', onFocusOut);
      field.removeEventListener('keydown', onKey, { capture: true });
      for (const type of ['keyup', 'click', 'focus', 'input'])
        field.removeEventListener(type, look);
    };
  }, [input]);
  useEffect(() => {
    const field = input.current;
    field?.setAttribute('aria-autocomplete', 'list');
    if (offered.length === 0) field?.removeAttribute('aria-controls');
    else field?.setAttribute('aria-controls', id);
    if (index < 0) field?.removeAttribute('aria-activedescendant');
    else field?.setAttribute('aria-activedescendant', `${id}-${index}`);
  });

  const empty = line === '';
  // With the first use of the field, ahead of the question; on the page's first load it would be weight for nothing.
  useEffect(() => {
    const field = input.current;
    const preload = () => {
      if (navigator.onLine) Help.preload();
    };
    field?.addEventListener('focus', preload, { once: true });
    return () => {
      field?.removeEventListener('focus', preload);
    };
  }, [input]);
  useEffect(() => {
    const field = input.current;
    if (!empty || field === null) return;
    const example = text.examples[turn % text.examples.length] ?? '';
    turn += 1;
    field.setAttribute('placeholder', text.example(example));
  }, [empty, input, text]);

  return (
    <>
      <p role="status" className="sr-only">
        {offered.length === 0 ? '' : text.suggested(offered.length)}
      </p>
      {offered.length === 0 ? null : (
        <ul
          id={id}
          role="listbox"
          aria-label={text.suggestions}
          className="flex flex-wrap gap-1 border-t px-3 py-2"
        >
          {offered.map((completion, place) => {
            const Icon = ICONS[completion.kind];
            return (
              <li
                key={completion.text}
                id={`${id}-${place}`}
                role="option"
                aria-selected={place === index}
                className={cn(
                  'flex h-8 max-w-full cursor-pointer items-center gap-1.5 rounded-md border px-2 text-sm',
                  place === index ? 'border-accent bg-accent-soft text-accent-text' : 'bg-page',
                )}
                // Before the line loses the focus.
                onPointerDown={(event) => {
                  event.preventDefault();
                  use(completion);
                }}
              >
                {Icon ? <Icon aria-hidden className="size-3.5 shrink-0" /> : null}
                <bdi className="truncate">{completion.text}</bdi>
              </li>
            );
          })}
        </ul>
      )}
      {within && empty ? (
        <div className="border-t px-2 py-1">
          <Button
            variant="ghost"
            size="sm"
            className="text-muted"
            onClick={() => {
              setHelping(true);
            }}
          >
            <CircleHelp aria-hidden />
            {text.help}
          </Button>
        </div>
      ) : null}
      {helping ? (
        <Help
          onUse={(example) => {
            setHelping(false);
            onLine(example);
            requestAnimationFrame(() => input.current?.focus());
          }}
          onClose={() => {
            setHelping(false);
            requestAnimationFrame(() => input.current?.focus());
          }}
        />
      ) : null}
    </>
  );
}
