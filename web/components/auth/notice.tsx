'use client';
// What happened, in place of a form, and the way on.
import Link from 'next/link';
import type { ReactNode } from 'react';
import { useAuthText } from '@/lib/auth-text';

export function Notice({
  title,
  text,
  href = '/sign-in',
  label,
  children,
}: {
  title: string;
  text: string;
  href?: string;
  /** Of the link; back to sign-in without it. */
  label?: string;
  children?: ReactNode;
}) {
  const { backToSignIn } = useAuthText();
  return (
    <div role="status" className="grid gap-4">
      <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
      <p className="text-sm text-muted">{text}</p>
      {children}
      <p className="text-sm">
        <Link href={href} className="font-medium text-accent-text underline underline-offset-4">
          {label ?? backToSignIn}
        </Link>
      </p>
    </div>
  );
}
