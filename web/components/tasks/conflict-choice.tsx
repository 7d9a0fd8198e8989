'use client';
// A field that somebody else changed while the person did: both versions, and the choice.
import { useId } from 'react';
import { useText } from '@/lib/session';
import { Button } from '../ui/button';

export default function ConflictChoice({
  field,
  theirs,
  said,
  undecided = false,
  onMine,
  onTheirs,
}: {
  /** The field's name for the person. */
  field: string;
  /** The other version, in words. */
  theirs: string;
  /** A sentence that says both, instead of two lines. */
  said?: string;
  /** The person tried to save without a choice. */
  undecided?: boolean;
  onMine: () => void;
  onTheirs: () => void;
}) {
  const { edit: text } = useText();
  const id = useId();
  return (
    <div
      role="group"
      data-choice
      aria-labelledby={id}
      className="mt-1.5 rounded-md border border-warn-text/40 bg-warn-soft px-3 py-2 text-sm text-warn-text"
    >
      <p id={id} className="font-medium">
        {said ?? text.conflict(field)}
      </p>
      {said === undefined ? (
        <p className="mt-0.5 max-h-32 overflow-y-auto whitespace-pre-wrap [overflow-wrap:anywhere]">
          {text.theirs}: <bdi>{theirs === '' ? text.nothing : `“${theirs}”`}</bdi>
        </p>
      ) : null}
      <div className="mt-2 flex flex-wrap gap-2">
        <Button
          variant="outline"
          size="sm"
          onMouseDown={(event) => {
            event.preventDefault(); // the field keeps the focus: leaving it would save
          }}
          onClick={onMine}
        >
          {text.keepMine}
        </Button>
        <Button
          variant="outline"
          size="sm"
          onMouseDown={(event) => {
            event.preventDefault();
          }}
          onClick={onTheirs}
        >
          {text.useTheirs}
        </Button>
      </div>
      {undecided ? (
        <p role="alert" className="mt-1.5 font-medium">
          {text.choose}
        </p>
      ) : null}
    </div>
  );
}
