'use client';
// In place of a form that an open page is not enough for.
import { signInAgain } from '@/lib/sign-in';
import { useAuthText } from '@/lib/auth-text';
import { Button } from '../ui/button';

export function SignInAgain() {
  const { again: text } = useAuthText();
  return (
    <div role="alert" className="grid justify-items-start gap-3 rounded-lg border p-4 text-sm">
      <p>{text.hint}</p>
      <Button
        variant="outline"
        size="sm"
        onClick={() => {
          void signInAgain();
        }}
      >
        {text.button}
      </Button>
    </div>
  );
}
