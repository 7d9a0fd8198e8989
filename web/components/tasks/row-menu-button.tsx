import { Ellipsis } from 'lucide-react';
import type { ComponentProps } from 'react';
import { Button } from '../ui/button';

/** What opens a row's menu; the same before and after the menu is loaded. */
export function RowMenuButton({
  label,
  ...props
}: Omit<ComponentProps<typeof Button>, 'children'> & { label: string }) {
  return (
    <Button
      variant="ghost"
      size="icon"
      className="-my-1.5 text-muted sm:-my-1"
      aria-label={label}
      aria-haspopup="menu"
      {...props}
    >
      <Ellipsis />
    </Button>
  );
}
