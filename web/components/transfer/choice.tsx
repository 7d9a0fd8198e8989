/** One of several: the browser's own radio button with our look, its name and what it means. */
export function Choice({
  name,
  label,
  hint,
  checked,
  onChoose,
}: {
  name: string;
  label: string;
  hint?: string;
  checked: boolean;
  onChoose: () => void;
}) {
  return (
    <label className="flex items-start gap-2.5 text-sm">
      <input
        type="radio"
        name={name}
        checked={checked}
        onChange={onChoose}
        className="size-5 shrink-0 appearance-none rounded-full border-2 border-field bg-raised transition-colors checked:border-[6px] checked:border-accent hover:border-accent"
      />
      <span>
        {label}
        {hint === undefined ? null : <span className="block text-xs text-muted">{hint}</span>}
      </span>
    </label>
  );
}
