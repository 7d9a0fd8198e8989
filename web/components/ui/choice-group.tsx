'use client';
// A few choices side by side, of which one holds: how a page groups or what it spans.
import { cn } from '@/lib/class-names';

/** @param props `choices` with their words, in order; `label` says what is chosen */
export function ChoiceGroup<Choice extends string>({
  label,
  choices,
  chosen,
  onChoose,
}: {
  label: string;
  choices: readonly (readonly [choice: Choice, words: string])[];
  chosen: Choice;
  onChoose: (choice: Choice) => void;
}) {
  return (
    <div role="group" aria-label={label} className="flex rounded-md border bg-panel p-0.5">
      {choices.map(([choice, words]) => (
        <button
          key={choice}
          type="button"
          aria-pressed={choice === chosen}
          onClick={() => {
            onChoose(choice);
          }}
          className={cn(
            'h-8 rounded-sm px-3 text-sm sm:h-7',
            choice === chosen ? 'bg-accent-soft font-medium text-accent-text' : 'hover:bg-ink/6',
          )}
        >
          {words}
        </button>
      ))}
    </div>
  );
}
