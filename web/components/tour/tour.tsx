'use client';
// A few words on a first visit, one thought at a time. It stands in the page and covers nothing, takes no focus, and is gone for
// good with one key or click.
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { useLocale } from '@/lib/session';
import { tourTextFor } from '@/text/tour';
import { onApple } from '../keyboard/on-apple';
import { Button } from '../ui/button';

export default function Tour({ onEnd }: { onEnd: () => void }) {
  const locale = useLocale();
  const text = tourTextFor(locale);
  const [step, setStep] = useState(0);
  const heading = useRef<HTMLHeadingElement>(null);
  const card = useRef<HTMLElement>(null);
  const moved = useRef(false);
  const steps = [text.add, text.plan, text.remind, text.keys(onApple() ? '⌘K' : 'Ctrl-K')];
  const last = step === steps.length - 1;
  useEffect(() => {
    // Whoever goes on reads on; the first step waits until it is come to.
    if (moved.current) heading.current?.focus();
  }, [step]);
  const end = useEffectEvent(onEnd);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') end();
    };
    const element = card.current;
    element?.addEventListener('keydown', onKey);
    return () => {
      element?.removeEventListener('keydown', onKey);
    };
  }, []);
  const go = (to: number) => {
    moved.current = true;
    setStep(to);
  };
  return (
    <section
      ref={card}
      aria-labelledby="tour"
      className="mx-auto mt-4 w-[calc(100%-2rem)] max-w-3xl rounded-lg border bg-accent-soft px-4 py-3 text-sm text-accent-text sm:w-[calc(100%-3rem)]"
    >
      <h2 id="tour" ref={heading} tabIndex={-1} className="font-semibold outline-none">
        {text.title(step + 1, steps.length)}
      </h2>
      <p className="mt-1 [overflow-wrap:anywhere]">{steps[step]}</p>
      <div className="mt-3 flex flex-wrap gap-2">
        {last ? null : (
          <Button
            size="sm"
            onClick={() => {
              go(step + 1);
            }}
          >
            {text.next}
          </Button>
        )}
        {step === 0 ? null : (
          <Button
            size="sm"
            variant="outline"
            onClick={() => {
              go(step - 1);
            }}
          >
            {text.back}
          </Button>
        )}
        <Button size="sm" variant={last ? 'primary' : 'ghost'} onClick={onEnd}>
          {last ? text.done : text.skip}
        </Button>
      </div>
    </section>
  );
}
