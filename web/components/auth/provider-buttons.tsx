'use client';
// “Continue with …”: leads to the provider's page, and from there back to the page that was asked for.
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { askAuth, authProblem, nextPath } from '@/lib/auth-api';
import { useAuthText } from '@/lib/auth-text';
import { FormError } from './form-error';

/** A provider, as the page needs it. */
export interface ProviderName {
  id: string;
  name: string;
}

export function ProviderButtons({ providers }: { providers: readonly ProviderName[] }) {
  const text = useAuthText();
  const [problem, setProblem] = useState<string>();
  const [leaving, setLeaving] = useState(false);
  if (providers.length === 0) return null;
  const leave = async (provider: string) => {
    setLeaving(true);
    setProblem(undefined);
    try {
      const { url } = await askAuth<{ url: string }>('/sign-in/social', {
        provider,
        callbackURL: nextPath(window.location.search),
        errorCallbackURL: '/sign-in',
      });
      window.location.assign(url);
    } catch (error) {
      setProblem(authProblem(error) || text.failed);
      setLeaving(false);
    }
  };
  return (
    <div className="grid gap-2">
      <FormError message={problem} />
      {providers.map(({ id, name }) => (
        <Button
          key={id}
          variant="outline"
          disabled={leaving}
          onClick={() => {
            void leave(id);
          }}
        >
          {text.continueWith(name)}
        </Button>
      ))}
    </div>
  );
}
