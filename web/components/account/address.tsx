'use client';
// Whether the account's address is confirmed, and the way to confirm it.
import { useState } from 'react';
import { authProblem, postAuth } from '@/lib/auth-api';
import { useAuthText } from '@/lib/auth-text';
import { usePerson } from '@/lib/session';
import { Button } from '../ui/button';
import { useToast } from '../ui/toast';

export function Address({ confirmed, byMail }: { confirmed: boolean; byMail: boolean }) {
  const { address: text, failed } = useAuthText();
  const { email } = usePerson();
  const toast = useToast();
  const [sending, setSending] = useState(false);
  const send = async () => {
    setSending(true);
    try {
      await postAuth('/send-verification-email', { email, callbackURL: '/email-confirmed' });
      toast({ text: text.sent(email) });
    } catch (error) {
      toast({ tone: 'danger', text: authProblem(error) || failed });
    } finally {
      setSending(false);
    }
  };
  return (
    <section aria-labelledby="address">
      <h2 id="address" className="text-base font-semibold">
        {text.title}
      </h2>
      <div className="mt-1 flex flex-wrap items-center gap-3 text-sm">
        <p className="min-w-0 truncate font-medium">
          <bdi>{email}</bdi>
        </p>
        <p className="text-muted">
          {confirmed ? text.confirmed : byMail ? text.open : text.byOperator}
        </p>
        {confirmed || !byMail ? null : (
          <Button
            variant="outline"
            size="sm"
            disabled={sending}
            onClick={() => {
              void send();
            }}
          >
            {text.send}
          </Button>
        )}
      </div>
    </section>
  );
}
