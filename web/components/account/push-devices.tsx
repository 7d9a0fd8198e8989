'use client';
// The devices that receive push messages: this one can be added, each can be removed.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { PreferencesAnswer } from '@todo/contracts/notification-preferences';
import {
  canReceivePush,
  preferencesOptions,
  PushRefusedError,
  registerDevice,
  removeDevice,
} from '@/lib/notification-preferences';
import { useReason } from '@/lib/tasks';
import { useBrowserValue } from '@/lib/use-browser-value';
import { Button } from '../ui/button';
import { useToast } from '../ui/toast';
import { useSettingsText } from './use-settings-text';

export function PushDevices({
  answer,
  publicKey,
}: {
  answer: PreferencesAnswer;
  publicKey: string;
}) {
  const { channels: text } = useSettingsText();
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
