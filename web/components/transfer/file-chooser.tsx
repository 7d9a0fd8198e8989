'use client';
// Where a file is dropped, or chosen with the browser's own button: that one works with keyboard and screen reader as it is.
import { FileUp } from 'lucide-react';
import { useEffect, useId, useState } from 'react';
import { cn } from '@/lib/class-names';
import { ACCEPTED } from '@/lib/transfer';
import { button } from '../ui/button-look';
import { useTransferText } from './use-transfer-text';

export function FileChooser({
  onChoose,
  problem,
}: {
  onChoose: (files: FileList) => void;
  problem?: string | undefined;
}) {
  const text = useTransferText();
  const id = useId();
  const [over, setOver] = useState(false);
  useEffect(() => {
    // A file that misses the place would replace the page.
    const keep = (event: DragEvent) => {
      event.preventDefault();
    };
    window.addEventListener('dragover', keep);
    window.addEventListener('drop', keep);
    return () => {
      window.removeEventListener('dragover', keep);
      window.removeEventListener('drop', keep);
    };
  }, []);
  return (
    <div
      data-drop
      className={cn(
        'flex flex-col items-center gap-2 rounded-lg border-2 border-dashed px-6 py-8 text-center transition-colors',
        over ? 'border-accent bg-accent-soft' : 'border-field/60 bg-panel',
      )}
      onDragOver={(event) => {
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        onChoose(event.dataTransfer.files);
      }}
    >
      <FileUp aria-hidden className="size-7 text-accent-text" />
      <p className="hidden text-sm text-muted sm:block">{over ? text.dropNow : text.drop}</p>
      <p className="hidden text-xs text-muted sm:block">{text.or}</p>
      <input
        id={id}
        type="file"
        accept={ACCEPTED}
        className="peer sr-only"
        onChange={({ target }) => {
          if (target.files) onChoose(target.files);
          target.value = ''; // the same file again is a choice too
        }}
      />
      <label
        htmlFor={id}
        className={button({
          className:
            'cursor-pointer peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-accent',
        })}
      >
        {text.choose}
      </label>
      {problem === undefined ? null : (
        <p role="alert" className="text-sm text-danger-text">
          {problem}
        </p>
      )}
    </div>
  );
}
