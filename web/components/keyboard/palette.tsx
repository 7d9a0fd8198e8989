'use client';
// The command palette: a combobox (WAI-ARIA) over commands, lists, tags and tasks. Opened for one question about a task (its
// date, priority or list), it offers the answers to that one.
import type { Task } from '@todo/contracts/task';
import { useId, useRef, useState } from 'react';
import { cn } from '@/lib/class-names';
import { usePerson, useText } from '@/lib/session';
import { keysLabel, type Shortcut } from '@/lib/shortcuts';
import { keyboardTextFor } from '@/text/keyboard';
import { Dialog, DialogContent } from '../ui/dialog';
import type { PaletteMode } from './command';
import { onApple } from './on-apple';
import { useCommands } from './use-commands';
import type { Command } from './command';

export function Palette({
  mode,
  task,
  today,
  onShortcut,
  onClose,
}: {
  mode: PaletteMode;
  /** The task that had the keyboard. */
  task: Task | undefined;
  today: string;
  onShortcut: (shortcut: Shortcut) => void;
  onClose: () => void;
}) {
  const { close } = useText();
  const text = keyboardTextFor(usePerson().locale);
  const listId = useId();
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const [before] = useState(() => document.activeElement as HTMLElement | null);
  const chosen = useRef<Command>(undefined);
  const input = useRef<HTMLInputElement>(null);
  const groups = useCommands({ mode, task, today, typed, onShortcut });
  const commands = groups.flatMap((group) => group.commands);
  const current = commands[Math.min(at, commands.length - 1)];
  const optionId = (command: Command) => `${listId}-${command.id}`;

  const choose = (command: Command) => {
    chosen.current = command;
    onClose();
  };
  const go = (to: number) => {
    const next = (to + commands.length) % Math.max(1, commands.length);
    setAt(next);
    const command = commands[next];
    if (command) document.getElementById(optionId(command))?.scrollIntoView({ block: 'nearest' });
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <DialogContent
        title={task === undefined ? text.palette : text.about(task.title)}
        closeLabel={close}
        className="sm:top-24 sm:translate-y-0"
        onOpenAutoFocus={(event) => {
          event.preventDefault();
          input.current?.focus();
        }}
        onCloseAutoFocus={(event) => {
          // Back to where the keyboard was; what was chosen may move it on from there.
          event.preventDefault();
          before?.focus();
          chosen.current?.run();
        }}
      >
        <div className="px-4 pb-2">
          <input
            ref={input}
            type="text"
            role="combobox"
            aria-expanded
            aria-controls={listId}
            aria-activedescendant={current && optionId(current)}
            aria-autocomplete="list"
            aria-label={mode === 'date' ? text.dateField : text.paletteField}
            placeholder={mode === 'date' ? text.dateField : text.paletteField}
            autoComplete="off"
            value={typed}
            onChange={({ target }) => {
              setTyped(target.value);
              setAt(0);
            }}
            onKeyDown={(event) => {
              const place = commands.indexOf(current as Command);
              if (event.key === 'ArrowDown') go(place + 1);
              else if (event.key === 'ArrowUp') go(place - 1);
              else if (event.key === 'PageDown') go(Math.min(commands.length - 1, place + 8));
              else if (event.key === 'PageUp') go(Math.max(0, place - 8));
              else if (event.key === 'Enter' && current) choose(current);
              else return;
              event.preventDefault();
            }}
            className="h-10 w-full rounded-md border border-field bg-raised px-3 text-base outline-none focus:border-accent sm:text-sm"
          />
          <p role="status" className="sr-only">
            {commands.length === 0 ? text.nothing : text.found(commands.length)}
          </p>
        </div>
        <div
          id={listId}
          role="listbox"
          aria-label={text.palette}
          className="max-h-[min(24rem,60dvh)] overflow-y-auto px-2 pb-3"
        >
          {groups.map((group) => (
            <div key={group.name} role="group" aria-label={group.name}>
              <p aria-hidden className="px-2 pt-3 pb-1 text-xs font-semibold text-muted">
                {group.name}
              </p>
              {group.commands.map((command) => (
                // The keyboard stays in the field; a pointer chooses directly.
                // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
                <div
                  key={command.id}
                  id={optionId(command)}
                  role="option"
                  aria-selected={command === current}
                  className={cn(
                    'flex min-h-10 cursor-pointer items-center gap-3 rounded-md px-2 py-1.5 text-sm sm:min-h-9',
                    command === current && 'bg-accent-soft text-accent-text',
                  )}
                  onPointerMove={() => {
                    setAt(commands.indexOf(command));
                  }}
                  onClick={() => {
                    choose(command);
                  }}
                >
                  <command.icon aria-hidden className="size-4 shrink-0" />
                  <bdi className="min-w-0 flex-1 truncate">{command.label}</bdi>
                  {command.keys === undefined ? null : (
                    <kbd aria-hidden className="rounded border px-1.5 font-sans text-xs text-muted">
                      {keysLabel(command.keys, onApple())}
                    </kbd>
                  )}
                </div>
              ))}
            </div>
          ))}
          {commands.length === 0 ? (
            <p className="px-2 py-6 text-center text-sm text-muted">{text.nothing}</p>
          ) : null}
        </div>
      </DialogContent>
    </Dialog>
  );
}
