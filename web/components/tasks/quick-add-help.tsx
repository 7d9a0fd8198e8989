'use client';
// What can be typed into the line, with examples to use. Loaded when it is first asked for.
import { usePerson, useText } from '@/lib/session';
import { quickAddHelpFor } from '@/text/quick-add-help';
import { Dialog, DialogContent } from '../ui/dialog';

export default function QuickAddHelp({
  onUse,
  onClose,
}: {
  /** Puts an example into the line. */
  onUse: (line: string) => void;
  onClose: () => void;
}) {
  const app = useText();
  const text = quickAddHelpFor(usePerson().locale);
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <DialogContent title={text.helpTitle} closeLabel={app.close}>
        <div className="grid gap-4 overflow-y-auto px-5 pb-5 text-sm">
          <p className="text-muted">{text.helpHint}</p>
          <dl className="grid grid-cols-[auto_1fr] items-baseline gap-x-4 gap-y-2">
            {text.parts.map(({ what, examples }) => (
              <div key={what} className="contents">
                <dt className="font-medium">{what}</dt>
                <dd className="flex flex-wrap gap-1.5">
                  {examples.map((example) => (
                    <code
                      key={example}
                      className="rounded-sm bg-accent-soft px-1.5 text-accent-text"
                    >
                      {example}
                    </code>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
          <ul className="grid gap-1">
            {text.examples.map((example) => (
              <li key={example}>
                <button
                  type="button"
                  aria-label={text.use(example)}
                  className="w-full rounded-md border px-3 py-2 text-start hover:bg-page"
                  onClick={() => {
                    onUse(example);
                  }}
                >
                  {example}
                </button>
              </li>
            ))}
          </ul>
        </div>
      </DialogContent>
    </Dialog>
  );
}
