'use client';
// Where a person gets reminders, and when not.
import { useQuery } from '@tanstack/react-query';
import type { PreferencesAnswer } from '@todo/contracts/notification-preferences';
import { ApiError } from '@/lib/api-error';
import { preferencesOptions } from '@/lib/notification-preferences';
import { useText } from '@/lib/session';
import { ErrorState } from '../tasks/list-states';
import { Button } from '../ui/button';
import { Skeleton } from '../ui/skeleton';
import { ChannelRow } from './channel-row';
import { PushDevices } from './push-devices';
import { QuietHours } from './quiet-hours';
import { usePreferences } from './use-preferences';
import { WebhookChannel } from './webhook-channel';

/** Quiet hours as they are offered first. */
const USUAL_QUIET_HOURS = { from: '22:00', to: '07:00' };

export function NotificationSettings() {
  const { channels: text } = useText();
  const query = useQuery(preferencesOptions);
  return (
    <section aria-labelledby="channels">
      <h2 id="channels" className="text-base font-semibold">
        {text.title}
      </h2>
      <p className="mt-0.5 mb-3 text-sm text-muted">{text.hint}</p>
      {query.isPending ? <Skeleton className="h-40" /> : null}
      {query.isError ? (
        query.error instanceof ApiError && query.error.status === 404 ? (
          <p className="text-sm text-muted">{text.off}</p>
        ) : (
          <ErrorState
            title={text.failed}
            error={query.error}
            onRetry={() => {
              void query.refetch();
            }}
          />
        )
      ) : null}
      {query.isSuccess ? <Channels answer={query.data} /> : null}
    </section>
  );
}

function Channels({ answer: known }: { answer: PreferencesAnswer }) {
  const { channels: text } = useText();
  const { answer, set, saving, test } = usePreferences(known);
  const { channels } = answer;
  return (
    <div className="grid gap-4">
      <div className="divide-y rounded-lg border bg-panel">
        <ChannelRow
          label={text.email}
          note={
            channels.email.available
              ? text.emailTo(answer.email.address ?? '')
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
