'use client';
// How much of each quota the person uses; what is nearly used up is marked.
import { useQuery } from '@tanstack/react-query';
import { call } from '@/lib/api';
import { usePerson } from '@/lib/session';
import { usageText } from '@/text/admin';
import { Badge } from '../ui/badge';

interface QuotaUse {
  quota: string;
  used: number;
  limit: number;
  near: boolean;
}

export function Usage() {
  const { locale } = usePerson();
  const text = usageText(locale);
  const query = useQuery({
    queryKey: ['usage'],
    queryFn: async () => (await call<{ items: QuotaUse[] }>('/me/usage')).items,
  });
  return (
    <section aria-labelledby="usage">
      <h2 id="usage" className="mb-3 text-base font-semibold">
        {text.title}
      </h2>
      {query.isError ? <p className="text-sm text-muted">{text.loadFailed}</p> : null}
      <dl className="grid gap-1 text-sm">
        {query.data?.map(({ quota, used, limit, near }) => (
          <div key={quota} className="flex flex-wrap items-center justify-between gap-x-4">
            <dt>{text.names[quota] ?? quota}</dt>
            <dd className="flex items-center gap-2 text-muted tabular-nums">
              {near ? <Badge tone="warn">{text.near}</Badge> : null}
              {text.of(used.toLocaleString(locale), limit.toLocaleString(locale))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
