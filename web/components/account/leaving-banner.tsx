'use client';
// Says on every page that the account is to be deleted, and keeps it on request.
import { useState } from 'react';
import { authProblem } from '@/lib/auth-api';
import { changeDeletion } from '@/lib/deletion';
import { instantLabel } from '@/lib/dates';
import { usePerson, useText } from '@/lib/session';
import { Button } from '../ui/button';

/** @param eraseAt when everything goes, an instant (UTC) */
export function LeavingBanner({ eraseAt }: { eraseAt: string }) {
  const { leaving: text, auth } = useText();
  const person = usePerson();
  const [problem, setProblem] = useState<string>();
  const keep = async (): Promise<void> => {
    try {
      await changeDeletion('DELETE');
      window.location.reload();
    } catch (error) {
      setProblem(authProblem(error) || auth.failed);
    }
  };
  return (
    <div
      role="status"
      className="flex flex-wrap items-center justify-center gap-x-4 gap-y-2 bg-danger-soft px-4 py-2 text-sm text-danger-text"
    >
      <p>{problem ?? text.banner(instantLabel(eraseAt, person))}</p>
      <Button
        variant="outline"
        size="sm"
        onClick={() => {
          void keep();
        }}
      >
        {text.keep}
      </Button>
    </div>
  );
}
