'use client';
// The notification preferences as they are being changed: a choice is shown at once, saved, and taken back when it is refused.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { PreferencesAnswer } from '@todo/contracts/notification-preferences';
import { useState } from 'react';
import {
  preferencesOptions,
  savePreferences,
  sendTest,
  unchanged,
} from '@/lib/notification-preferences';
import { useReason } from '@/lib/tasks';
import { useToast } from '../ui/toast';
import { useSettingsText } from './use-settings-text';

/** What can be changed at once. */
export type PreferencesChange = Partial<ReturnType<typeof unchanged>>;

/**
 * @param known the last answer of the backend
 * @returns `answer` with what was just chosen in it, `set` to change it, `test` to send a test message.
 */
export function usePreferences(known: PreferencesAnswer) {
  const { channels: text } = useSettingsText();
  const client = useQueryClient();
  const toast = useToast();
  const reason = useReason();
  // What was just chosen is shown at once; a refusal brings back what is known.
  const [chosen, setChosen] = useState<PreferencesChange>({});
  const answer: PreferencesAnswer = {
    ...known,
    email: { ...known.email, ...chosen.email },
    push: { ...known.push, ...chosen.push },
    webhook: { ...known.webhook, enabled: chosen.webhook?.enabled ?? known.webhook.enabled },
    quietHours: chosen.quietHours === undefined ? known.quietHours : chosen.quietHours,
  };
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
  const set = (change: PreferencesChange) => {
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
  return { answer, set, saving: save.isPending, test };
}
