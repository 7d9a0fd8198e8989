// What the command palette offers.
import type { LucideIcon } from 'lucide-react';

/** What the palette is asked for: anything, or one thing about a task. */
export type PaletteMode = 'all' | 'date' | 'priority' | 'move';

/** One thing to choose. */
export interface Command {
  id: string;
  label: string;
  icon: LucideIcon;
  /** The shortcut that does the same. */
  keys?: string | undefined;
  run: () => void;
}

/** Commands under one heading. */
export interface CommandGroup {
  name: string;
  commands: Command[];
}
