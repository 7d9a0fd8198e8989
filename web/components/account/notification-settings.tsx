'use client';
// Where a person gets reminders, and when not.
import { useQuery } from '@tanstack/react-query';
import type { PreferencesAnswer } from '@todo/contracts/notification-preferences';
import { preferencesOptions } from '@/lib/notification-preferences';
import { Button } from '../ui/button';
import { ChannelRow } from './channel-row';
import { PushDevices } from './push-devices';
import { QuietHours } from './quiet-hours';
import { Loaded, SettingsSection } from './settings-section';
import { usePreferences } from './use-preferences';
import { WebhookChannel } from './webhook-channel';
import { useSettingsText } from './use-settings-text';

/** Quiet hours as they are offered first. */
const USUAL_QUIET_HOURS = { from: '22:00', to: '07:00' };

export function NotificationSettings() {
  const { channels: text } = useSettingsText();
  const query = useQuery(preferencesOptions);
  return (
    <SettingsSection id="channels" title={text.title} hint={text.hint}>
      <Loaded query={query} failed={text.failed} off={text.off} skeleton="h-40">
        {(answer) => <Channels answer={answer} />}
      </Loaded>
    </SettingsSection>
  );
}

function Channels({ answer: known }: { answer: PreferencesAnswer }) {
  const { channels: text } = useSettingsText();
  const { answer, set, saving, test } = usePreferences(known);
  const { channels } = answer;
  return (
    <div className="grid gap-4">
      <div className="divide-y rounded-lg border bg-panel">
        <ChannelRow
          label={text.email}
          note={
            channels.email.available
              ? answer.email.address
                ? text.emailTo(answer.email.address)
                : text.emailToAccount
              : (channels.email.reason ?? text.notAvailable)
          }
          checked={answer.email.enabled}
          disabled={!channels.email.available && !answer.email.enabled}
          onChange={(enabled) => {
            set({ email: { enabled } });
          }}
        />
        <ChannelRow
          label={text.push}
          note={
            channels.push.available ? text.pushNote : (channels.push.reason ?? text.notAvailable)
          }
          checked={answer.push.enabled}
          disabled={!channels.push.available && !answer.push.enabled}
          onChange={(enabled) => {
            set({ push: { enabled } });
          }}
        >
          {channels.push.publicKey === null ? null : (
            <PushDevices answer={answer} publicKey={channels.push.publicKey} />
          )}
        </ChannelRow>
        <WebhookChannel answer={answer} saving={saving} onChange={set} />
        <ChannelRow
          label={text.quiet}
          note={text.quietNote}
          checked={answer.quietHours !== null}
          disabled={false}
          onChange={(enabled) => {
            set({ quietHours: enabled ? USUAL_QUIET_HOURS : null });
          }}
        >
          {answer.quietHours === null ? null : (
            <QuietHours
              key={`${answer.quietHours.from}-${answer.quietHours.to}`}
              value={answer.quietHours}
              onSave={(quietHours) => {
                set({ quietHours });
              }}
            />
          )}
        </ChannelRow>
      </div>
      <div>
        <Button
          variant="outline"
          disabled={test.isPending}
          onClick={() => {
            test.mutate();
          }}
        >
          {text.test}
        </Button>
      </div>
    </div>
  );
}
