'use client';
// A token that was just created: its text, which is shown once, and the configuration for what it was made for.
import { useText } from '@/lib/session';
import type { TokenScope } from '@/lib/access-tokens';
import { Button } from '../ui/button';
import { useToast } from '../ui/toast';

export function NewToken({
  token,
  scope,
  publicUrl,
}: {
  token: string;
  scope: TokenScope;
  publicUrl: string;
}) {
  const { account: text } = useText();
  const configuration = JSON.stringify(
    {
      mcpServers: {
        todo: {
          type: 'http',
          url: `${publicUrl}/mcp`,
          headers: { Authorization: `Bearer ${token}` },
        },
      },
    },
    null,
    2,
  );
  return (
    <div role="status" className="mt-4 grid gap-3 rounded-lg bg-accent-soft p-4 text-sm">
      <p className="font-medium text-accent-text">{text.newToken}</p>
      <Copyable value={token} />
      {scope === 'full' || scope === 'mcp' || scope === 'read' ? (
        <>
          <p className="font-medium text-accent-text">{text.mcpConfig}</p>
          <Copyable value={configuration} />
        </>
      ) : null}
    </div>
  );
}

/** A text to be copied whole, with a button that does it. */
export function Copyable({ value }: { value: string }) {
  const { account: text } = useText();
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
