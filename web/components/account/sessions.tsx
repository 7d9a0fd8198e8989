'use client';
// Where the person is signed in: each device with its last use, to be signed out one by one or all at once.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { authProblem, endSessions, sessionsOptions, type Session } from '@/lib/auth-api';
import { useAuthText } from '@/lib/auth-text';
import { instantLabel } from '@/lib/dates';
import { deviceOf } from '@/lib/device-name';
import { usePerson } from '@/lib/session';
import { Button } from '../ui/button';
import { useToast } from '../ui/toast';
import { Loaded, SettingsSection } from './settings-section';
import { signInError } from './sign-in-error';

export function Sessions() {
  const { sessions: text, failed } = useAuthText();
  const client = useQueryClient();
  const toast = useToast();
  const query = useQuery(sessionsOptions);
  const end = useMutation({
    mutationFn: endSessions,
    onSuccess: (ended) => {
      toast({ text: text.ended(ended) });
    },
    onError: (error) => {
      toast({ tone: 'danger', text: authProblem(error) || failed });
    },
    onSettled: () => client.invalidateQueries({ queryKey: sessionsOptions.queryKey }),
  });
  return (
    <SettingsSection id="sessions" title={text.title} hint={text.hint}>
      <Loaded query={query} failed={text.loadFailed} errorOf={signInError(failed)}>
        {(sessions) => (
          <>
            <ul className="divide-y overflow-hidden rounded-lg border bg-panel">
              {sessions.map((session) => (
                <Row
                  key={session.id}
                  session={session}
                  disabled={end.isPending}
                  onEnd={() => {
                    end.mutate(session.id);
                  }}
                />
              ))}
            </ul>
            {sessions.length > 1 ? (
              <Button
                variant="outline"
                className="mt-4"
                disabled={end.isPending}
                onClick={() => {
                  end.mutate(undefined);
                }}
              >
                {text.endOthers}
              </Button>
            ) : null}
          </>
        )}
      </Loaded>
    </SettingsSection>
  );
}

function Row({
  session,
  disabled,
  onEnd,
}: {
  session: Session;
  disabled: boolean;
  onEnd: () => void;
}) {
  const { sessions: text } = useAuthText();
  const person = usePerson();
  const { browser, system } = deviceOf(session.userAgent ?? '');
  const name = text.device(browser, system);
  return (
    <li className="flex items-center gap-3 px-4 py-2.5 text-sm">
      <div className="me-auto min-w-0">
        <p className="truncate font-medium">{name}</p>
        <p className="text-xs text-muted">
          {session.current ? text.current : text.lastUsed(instantLabel(session.lastUsedAt, person))}
          {session.address ? ` · ${session.address}` : ''}
        </p>
      </div>
      {session.current ? null : (
        <Button
          variant="ghost"
          size="sm"
          className="text-danger-text"
          aria-label={text.endOf(name)}
          disabled={disabled}
          onClick={onEnd}
        >
          {text.end}
        </Button>
      )}
    </li>
  );
}
