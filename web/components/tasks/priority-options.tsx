// The choices of a task's priority, as options of a select.
import { useText } from '@/lib/session';

const PRIORITIES = ['none', 'low', 'medium', 'high'] as const;

export function PriorityOptions() {
  const text = useText();
  return PRIORITIES.map((priority) => (
    <option key={priority} value={priority}>
      {text.priority[priority]}
    </option>
  ));
}
