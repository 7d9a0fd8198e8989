'use client';
// A text to be copied: shown to be selected, with a button that does it.
import { Button } from '../ui/button';
import { useToast } from '../ui/toast';
import { useSettingsText } from './use-settings-text';

export function Copyable({ value }: { value: string }) {
  const { account: text } = useSettingsText();
  const toast = useToast();
  return (
    <div className="flex items-start gap-2">
      <pre
        tabIndex={0}
        className="min-w-0 flex-1 overflow-x-auto rounded-md border bg-raised px-3 py-2 text-xs text-ink"
      >
        {value}
      </pre>
      <Button
        variant="outline"
        size="sm"
        onClick={() => {
          navigator.clipboard.writeText(value).then(
            () => {
              toast({ text: text.copied });
            },
            () => undefined, // no permission: the text is there to be selected
          );
        }}
      >
        {text.copy}
      </Button>
    </div>
  );
}
