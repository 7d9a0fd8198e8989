'use client';
// Reminders by webhook: the address they go to, and the secret they are signed with.
import type { PreferencesAnswer } from '@todo/contracts/notification-preferences';
import { useState } from 'react';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { ChannelRow } from './channel-row';
import type { PreferencesChange } from './use-preferences';
import { useSettingsText } from './use-settings-text';

export function WebhookChannel({
  answer,
  saving,
  onChange,
}: {
  answer: PreferencesAnswer;
  saving: boolean;
  onChange: (change: PreferencesChange) => void;
}) {
  const { channels: text } = useSettingsText();
  const { channels } = answer;
  const [url, setUrl] = useState(answer.webhook.url ?? '');
  const [urlProblem, setUrlProblem] = useState<string>();
  const saveWebhook = (enabled: boolean, newSecret = false) => {
    if (enabled && !URL.canParse(url)) {
      setUrlProblem(text.urlWrong);
      return;
    }
    setUrlProblem(undefined);
    onChange({ webhook: { enabled, url: url.trim() === '' ? null : url.trim(), newSecret } });
  };
  return (
    <ChannelRow
      label={text.webhook}
      note={
        channels.webhook.available
          ? text.webhookNote
          : (channels.webhook.reason ?? text.notAvailable)
      }
      checked={answer.webhook.enabled}
      disabled={!channels.webhook.available && !answer.webhook.enabled}
      onChange={(enabled) => {
        saveWebhook(enabled);
      }}
    >
      {channels.webhook.available ? (
        <div className="mt-3 grid gap-3">
          <div className="flex items-start gap-2">
            <Field label={text.url} error={urlProblem} className="grid min-w-0 flex-1 gap-1.5">
              {(props) => (
                <Input
                  {...props}
                  type="url"
                  autoComplete="off"
                  placeholder="https://"
                  value={url}
                  onChange={({ target }) => {
                    setUrl(target.value);
                    setUrlProblem(undefined);
                  }}
                />
              )}
            </Field>
            <Button
              variant="outline"
              className="mt-6.5"
              disabled={saving || url === (answer.webhook.url ?? '')}
              onClick={() => {
                saveWebhook(url.trim() !== '');
              }}
            >
              {text.saveUrl}
            </Button>
          </div>
          {answer.webhook.secret === null ? null : (
            <div className="flex items-center gap-2 text-sm">
              <span className="shrink-0 text-muted">{text.secret}</span>
              <code className="min-w-0 flex-1 truncate text-xs">{answer.webhook.secret}</code>
              <Button
                variant="link"
                size="sm"
                onClick={() => {
                  saveWebhook(answer.webhook.enabled, true);
                }}
              >
                {text.newSecret}
              </Button>
            </div>
          )}
        </div>
      ) : null}
    </ChannelRow>
  );
}
