'use client';
// A button for each fault, with a choice of what to hit.
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { authProblem } from '@/lib/auth-api';
import { grouped, hasToWait, putFault, type FaultNow, type FaultOffer } from '@/lib/break-api';
import { breakText } from '@/text/break';
import { Button } from '../ui/button';
import { useToast } from '../ui/toast';

export function FaultButtons({
  faults,
  current,
  onPut,
}: {
  faults: FaultOffer[];
  current: FaultNow[];
  onPut: () => void;
}) {
  const text = breakText;
  return (
    <>
      {grouped(faults).map(([group, some]) => (
        <section key={group} aria-labelledby={`faults-${group}`}>
          <h2 id={`faults-${group}`} className="mb-2 text-sm font-semibold text-muted">
            {text.groups[group]}
          </h2>
          <ul className="divide-y overflow-hidden rounded-lg border bg-panel text-sm">
            {some.map((fault) => (
              <FaultRow
                key={fault.name}
                fault={fault}
                isBusy={hasToWait(fault.name, current)}
                onPut={onPut}
              />
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

function FaultRow({
  fault: { name, what, targets },
  isBusy,
  onPut,
}: {
  fault: FaultOffer;
  isBusy: boolean;
  onPut: () => void;
}) {
  const text = breakText;
  const toast = useToast();
  const [target, setTarget] = useState('');
  const put = useMutation({
    mutationFn: () => putFault(name, target === '' ? undefined : target),
    onError: (error) => {
      toast({ tone: 'danger', text: authProblem(error) || text.failed });
    },
    onSettled: onPut,
  });
  const [label, does] = text.fault(name, what);
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2.5">
      <div className="min-w-52 flex-1">
        <h3 className="font-medium">{label}</h3>
        <p className="text-xs text-muted">{does}</p>
      </div>
      {targets.length > 1 ? (
        <select
          aria-label={text.target(label)}
          value={target}
          onChange={(event) => {
            setTarget(event.target.value);
          }}
          className="h-9 min-w-40 flex-1 rounded-md border border-field bg-raised px-2 text-sm sm:h-8 sm:max-w-56"
        >
          <option value="">{text.any}</option>
          {targets.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      ) : null}
      <Button
        variant="danger"
        size="sm"
        aria-label={text.putLabel(label)}
        disabled={isBusy || put.isPending}
        onClick={() => {
          put.mutate();
        }}
      >
        {text.put}
      </Button>
    </li>
  );
}
