'use client';
// A token that was just created: its text, which is shown once, and the configuration for what it was made for.
import type { TokenScope } from '@/lib/access-tokens';
import { Copyable } from './copyable';
import { useSettingsText } from './use-settings-text';

export function NewToken({
  token,
  scope,
  publicUrl,
}: {
  token: string;
  scope: TokenScope;
  publicUrl: string;
}) {
  const { account: text } = useSettingsText();
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
