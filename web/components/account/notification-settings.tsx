'use client';
// Where the person hears of reminders, and when not.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { PreferencesAnswer } from '@todo/contracts/notification-preferences';
import { useId, useState, type ReactNode } from 'react';
import { ApiError } from '@/lib/api';
import {
  canReceivePush,
  preferencesOptions,
  PushRefusedError,
  registerDevice,
  removeDevice,
  savePreferences,
  sendTest,
  unchanged,
} from '@/lib/notification-preferences';
import { useText } from '@/lib/session';
import { useReason } from '@/lib/tasks';
import { useBrowserValue } from '@/lib/use-browser-value';
import { ErrorState } from '../tasks/list-states';
import { Button } from '../ui/button';
import { Checkbox } from '../ui/checkbox';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { Skeleton } from '../ui/skeleton';
import { useToast } from '../ui/toast';

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
  const client = useQueryClient();
  const toast = useToast();
  const reason = useReason();
  // What was just chosen is shown at once; a refusal brings back what is known.
  const [chosen, setChosen] = useState<Partial<ReturnType<typeof unchanged>>>({});
  const answer: PreferencesAnswer = {
    ...known,
    email: { ...known.email, ...chosen.email },
    push: { ...known.push, ...chosen.push },
    webhook: { ...known.webhook, enabled: chosen.webhook?.enabled ?? known.webhook.enabled },
    quietHours: chosen.quietHours === undefined ? known.quietHours : chosen.quietHours,
  };
  const [url, setUrl] = useState(known.webhook.url ?? '');
  const [urlProblem, setUrlProblem] = useState<string>();
  const refused = (error: Error) => {
    toast({ tone: 'danger', text: text.notSaved(reason(error)) });
  };
  const save = useMutation({
    mutationFn: savePreferences,
    onSuccess: (saved) => {
      client.setQueryData(preferencesOptions.queryKey, saved);
      toast({ text: text.saved });
    },
    onError: refused,
    onSettled: () => client.invalidateQueries({ queryKey: preferencesOptions.queryKey }),
  });
  const test = useMutation({
    mutationFn: sendTest,
    onSuccess: () => {
      toast({ text: text.testSent });
    },
    onError: refused,
  });
  const set = (change: Partial<ReturnType<typeof unchanged>>) => {
    setChosen(change);
    save.mutate(
      { ...unchanged(known), ...change },
      {
        onSettled: () => {
          setChosen({});
        },
      },
    );
  };
  const saveWebhook = (enabled: boolean, newSecret = false) => {
    if (enabled && !URL.canParse(url)) {
      setUrlProblem(text.urlWrong);
      return;
    }
    setUrlProblem(undefined);
    set({ webhook: { enabled, url: url.trim() === '' ? null : url.trim(), newSecret } });
  };
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
            <Devices answer={answer} publicKey={channels.push.publicKey} />
          )}
        </ChannelRow>
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
                  disabled={save.isPending || url === (answer.webhook.url ?? '')}
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

function ChannelRow({
  label,
  note,
  checked,
  disabled,
  onChange,
  children,
}: {
  label: string;
  note: string;
  checked: boolean;
  disabled: boolean;
  onChange: (checked: boolean) => void;
  children?: ReactNode;
}) {
  const id = useId();
  return (
    <div className="px-4 py-3">
      <label htmlFor={id} className="flex items-start gap-3 text-sm">
        <Checkbox
          id={id}
          shape="square"
          className="mt-0.5"
          checked={checked}
          disabled={disabled}
          onCheckedChange={onChange}
        />
        <span className="min-w-0">
          <span className="block font-medium">{label}</span>
          <span className="block text-muted first-letter:uppercase">{note}</span>
        </span>
      </label>
      {children ? <div className="pl-8">{children}</div> : null}
    </div>
  );
}

function QuietHours({
  value,
  onSave,
}: {
  value: { from: string; to: string };
  onSave: (value: { from: string; to: string }) => void;
}) {
  const { channels: text, save } = useText();
  const [draft, setDraft] = useState(value);
  const same = draft.from === draft.to;
  return (
    <form
      noValidate
      className="mt-3 flex flex-wrap items-start gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (!same) onSave(draft);
      }}
    >
      {(['from', 'to'] as const).map((end) => (
        <Field
          key={end}
          label={end === 'from' ? text.from : text.to}
          error={same && end === 'to' ? text.sameTime : undefined}
        >
          {(props) => (
            <Input
              {...props}
              type="time"
              required
              value={draft[end]}
              onChange={({ target }) => {
                if (target.value !== '') setDraft({ ...draft, [end]: target.value });
              }}
            />
          )}
        </Field>
      ))}
      <Button
        type="submit"
        variant="outline"
        className="mt-6.5"
        disabled={same || (draft.from === value.from && draft.to === value.to)}
      >
        {save}
      </Button>
    </form>
  );
}

function Devices({ answer, publicKey }: { answer: PreferencesAnswer; publicKey: string }) {
  const { channels: text } = useText();
  const client = useQueryClient();
  const toast = useToast();
  const reason = useReason();
  const able = useBrowserValue(canReceivePush, false);
  const refresh = () => client.invalidateQueries({ queryKey: preferencesOptions.queryKey });
  const register = useMutation({
    mutationFn: () => registerDevice(publicKey, deviceLabel()),
    onError: (error) => {
      toast({
        tone: 'danger',
        text: error instanceof PushRefusedError ? text.pushRefused : text.notSaved(reason(error)),
      });
    },
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: removeDevice,
    onError: (error) => {
      toast({ tone: 'danger', text: text.notSaved(reason(error)) });
    },
    onSettled: refresh,
  });
  return (
    <div className="mt-2 grid gap-1 text-sm">
      {answer.pushSubscriptions.map((device) => (
        <div key={device.id} className="flex items-center gap-2">
          <span className="min-w-0 flex-1 truncate">
            <bdi>{device.label}</bdi> <span className="text-muted">({device.service})</span>
          </span>
          <Button
            variant="link"
            size="sm"
            onClick={() => {
              remove.mutate(device.id);
            }}
          >
            {text.removeDevice}
          </Button>
        </div>
      ))}
      {able ? (
        <div>
          <Button
            variant="outline"
            size="sm"
            disabled={register.isPending}
            onClick={() => {
              register.mutate();
            }}
          >
            {text.addDevice}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

/** What the list of devices calls this one: the system its browser runs on. */
function deviceLabel(): string {
  return /Android|iPhone|iPad|Windows|Mac OS|Linux/.exec(navigator.userAgent)?.[0] ?? 'Browser';
}
