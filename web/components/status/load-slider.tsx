'use client';
// How many commands a second people give.
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { authProblem } from '@/lib/auth-api';
import { setLoad, type BreakState } from '@/lib/break-api';
import { usePerson } from '@/lib/session';
import { breakText } from '@/text/break';
import { useToast } from '../ui/toast';

/** The slider has come to rest, ms. */
const AT_REST_MS = 250;

export function LoadSlider({ load, onSet }: { load: BreakState['load']; onSet: () => void }) {
  const { locale, zone } = usePerson();
  const text = breakText;
  const toast = useToast();
  /** While it is moved and until the server knows; null: it shows what the server says. */
  const [moved, setMoved] = useState<number | null>(null);
  const { mutate } = useMutation({
    mutationFn: setLoad,
    onError: (error) => {
      toast({ tone: 'danger', text: authProblem(error) || text.failed });
    },
    onSettled: () => {
      setMoved(null);
      onSet();
    },
  });
  useEffect(() => {
    if (moved === null) return;
    const timer = setTimeout(() => {
      mutate(moved);
    }, AT_REST_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [moved, mutate]);
  const perSecond = moved ?? load.perSecond;
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone: zone });
  return (
    <section aria-labelledby="load">
      <div className="flex items-baseline justify-between gap-3">
        <h2 id="load" className="text-sm font-semibold text-muted">
          {text.load}
        </h2>
        <output htmlFor="load-slider" className="text-sm font-medium tabular-nums">
          {text.perSecond(perSecond)}
        </output>
      </div>
      <input
        id="load-slider"
        type="range"
        min={0}
        max={load.most}
        step={1}
        value={perSecond}
        aria-labelledby="load"
        aria-valuetext={text.perSecond(perSecond)}
        onChange={(event) => {
          setMoved(Number(event.target.value));
        }}
        className="mt-2 block h-8 w-full accent-accent"
      />
      <p className="text-xs text-muted">
        {load.endsAt === null ? text.noLoad : text.loadEnds(time.format(load.endsAt))}
      </p>
    </section>
  );
}
