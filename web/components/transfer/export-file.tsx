'use client';
// Takes tasks away as a file: which format, which lists. The download is a link, so that a large file is never in memory.
import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { listsOptions } from '@/lib/lists';
import { EXPORT_FORMATS, exportAddress, type ExportFormat } from '@/lib/transfer';
import { ErrorState } from '../tasks/error-state';
import { Button } from '../ui/button';
import { Checkbox } from '../ui/checkbox';
import { Field } from '../ui/field';
import { NativeSelect } from '../ui/input';
import { Choice } from './choice';
import { useTransferText } from './use-transfer-text';

export function ExportFile() {
  const text = useTransferText();
  const [format, setFormat] = useState<ExportFormat>('json');
  const [some, setSome] = useState(false);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const query = useQuery(listsOptions);
  const lists = [...(query.data ?? []), { id: 'none', name: text.noList }];
  // a list may be deleted elsewhere meanwhile
  const wanted = chosen.filter((id) => lists.some((list) => list.id === id));
  const missing = some && wanted.length === 0;
  return (
    <section aria-labelledby="export">
      <h2 id="export" className="text-base font-semibold">
        {text.export}
      </h2>
      <p className="mt-0.5 mb-3 text-sm text-muted">{text.exportHint}</p>
      <div className="grid gap-4 rounded-lg border bg-panel p-4">
        <Field label={text.format} className="grid max-w-sm gap-1.5">
          {(props) => (
            <NativeSelect
              {...props}
              value={format}
              onChange={({ target }) => {
                setFormat(target.value as ExportFormat);
              }}
            >
              {EXPORT_FORMATS.map((one) => (
                <option key={one} value={one}>
                  {text.exportFormats[one]}
                </option>
              ))}
            </NativeSelect>
          )}
        </Field>
        <fieldset className="grid gap-2">
          <legend className="mb-2 text-sm font-medium">{text.which}</legend>
          <Choice
            name="which"
            label={text.everything}
            checked={!some}
            onChoose={() => {
              setSome(false);
            }}
          />
          <Choice
            name="which"
            label={text.someLists}
            checked={some}
            onChoose={() => {
              setSome(true);
            }}
          />
        </fieldset>
        {some && query.isError ? (
          <ErrorState
            title={text.listsFailed}
            error={query.error}
            onRetry={() => {
              void query.refetch();
            }}
          />
        ) : null}
        {some && query.isSuccess ? (
          <ul aria-label={text.someLists} className="grid gap-2.5 sm:grid-cols-2">
            {lists.map((list) => (
              <li key={list.id}>
                <label className="flex items-center gap-2.5 text-sm">
                  <Checkbox
                    shape="square"
                    checked={wanted.includes(list.id)}
                    onCheckedChange={(checked) => {
                      setChosen(
                        checked ? [...wanted, list.id] : wanted.filter((id) => id !== list.id),
                      );
                    }}
                  />
                  <bdi className="min-w-0 [overflow-wrap:anywhere]">{list.name}</bdi>
                </label>
              </li>
            ))}
          </ul>
        ) : null}
        <div className="flex flex-wrap items-center gap-3">
          {missing ? (
            <Button disabled>
              <Download aria-hidden />
              {text.download}
            </Button>
          ) : (
            <Button asChild>
              <a href={exportAddress(format, some ? wanted : [])} download>
                <Download aria-hidden />
                {text.download}
              </a>
            </Button>
          )}
          <p role="status" className="text-sm text-muted">
            {missing ? text.chooseLists : null}
          </p>
        </div>
      </div>
    </section>
  );
}
