'use client';
// All shortcuts, and the switch for single keys.
import { usePerson, useText } from '@/lib/session';
import { keysLabel, SHORTCUTS } from '@/lib/shortcuts';
import { setSingleKeys, useSingleKeys } from '@/lib/single-keys';
import { keyboardTextFor } from '@/text/keyboard';
import { Checkbox } from '../ui/checkbox';
import { Dialog, DialogContent } from '../ui/dialog';
import { onApple } from './on-apple';

const GROUPS = ['general', 'list', 'task', 'go'] as const;

export function ShortcutsHelp({ onClose }: { onClose: () => void }) {
  const { close } = useText();
  const text = keyboardTextFor(usePerson().locale);
  const single = useSingleKeys();
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <DialogContent title={text.help} closeLabel={close} className="sm:max-w-2xl">
        <div
          role="region"
          aria-label={text.help}
          tabIndex={0}
          className="overflow-y-auto px-5 pb-5"
        >
          <label htmlFor="single-keys" className="mb-4 flex items-start gap-2.5 text-sm">
            <Checkbox
              id="single-keys"
              shape="square"
              className="mt-0.5"
              checked={single}
              onCheckedChange={() => {
                setSingleKeys(!single);
              }}
            />
            <span>
              <span className="block font-medium">{text.enabled}</span>
              <span className="text-muted">{text.enabledHint}</span>
            </span>
          </label>
          <div className="grid gap-x-8 gap-y-5 sm:grid-cols-2">
            {GROUPS.map((group) => (
              <section key={group} aria-labelledby={`keys-${group}`}>
                <h3 id={`keys-${group}`} className="mb-1 text-sm font-semibold">
                  {text.groups[group]}
                </h3>
                <dl className="divide-y text-sm">
                  {SHORTCUTS.filter((each) => each.group === group).map(({ shortcut, keys }) => (
                    <div
                      key={shortcut}
                      className="flex items-baseline justify-between gap-3 py-1.5"
                    >
                      <dt>{text.shortcuts[shortcut]}</dt>
                      <dd className="shrink-0 whitespace-nowrap">
                        {keys.map((each, index) => (
                          <span key={each}>
                            {index === 0 ? null : <span className="text-muted"> {text.or} </span>}
                            <kbd className="rounded border bg-raised px-1.5 py-0.5 font-sans text-xs">
                              {keysLabel(each, onApple())}
                            </kbd>
                          </span>
                        ))}
                      </dd>
                    </div>
                  ))}
                </dl>
              </section>
            ))}
          </div>
        </div>
      </DialogContent>
    </Dialog>
  );
}
