'use client';
// What a change of a repeating task applies to.
import { usePerson } from '@/lib/session';
import { occurrenceTextFor } from '@/text/occurrence';
import { Choice } from '../transfer/choice';

/** @param onlyThis chosen: this occurrence alone */
export function ScopeChoice({
  onlyThis,
  onChoose,
}: {
  onlyThis: boolean;
  onChoose: (onlyThis: boolean) => void;
}) {
  const text = occurrenceTextFor(usePerson().locale);
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-2 text-sm font-medium">{text.appliesTo}</legend>
      <Choice
        name="scope"
        label={text.following}
        checked={!onlyThis}
        onChoose={() => {
          onChoose(false);
        }}
      />
      <Choice
        name="scope"
        label={text.onlyThis}
        hint={text.onlyThisHint}
        checked={onlyThis}
        onChoose={() => {
          onChoose(true);
        }}
      />
    </fieldset>
  );
}
