'use client';
import { Check } from 'lucide-react';
import { DropdownMenu as Primitive } from 'radix-ui';
import { createContext, use, useCallback, useState, type ComponentProps } from 'react';
import { cn } from '@/lib/class-names';

const LANDMARKS = 'main, nav, aside, header, [role=dialog]';
const Place = createContext<HTMLElement | null>(null);

/**
 * A menu that belongs to the landmark (or dialog) it is opened in and hides nothing else, so that assistive technology
 * never finds itself outside of the page's structure.
 */
export function DropdownMenu(props: ComponentProps<typeof Primitive.Root>) {
  const [place, setPlace] = useState<HTMLElement | null>(null);
  const find = useCallback((marker: HTMLElement | null) => {
    if (marker) setPlace(marker.closest<HTMLElement>(LANDMARKS) ?? document.body);
  }, []);
  return (
    <Place value={place}>
      <span ref={find} hidden />
      <Primitive.Root modal={false} {...props} />
    </Place>
  );
}

export const DropdownMenuTrigger = Primitive.Trigger;
export const DropdownMenuRadioGroup = Primitive.RadioGroup;

const item =
  'flex cursor-default items-center gap-2 rounded-md px-2.5 py-2 text-sm outline-none select-none data-[disabled]:opacity-50 data-[highlighted]:bg-ink/8 sm:py-1.5 [&_svg]:size-4 [&_svg]:shrink-0';

export function DropdownMenuContent({
  className,
  ...props
}: ComponentProps<typeof Primitive.Content>) {
  const place = use(Place);
  if (!place) return null;
  return (
    <Primitive.Portal container={place}>
      <Primitive.Content
        sideOffset={4}
        collisionPadding={8}
        className={cn(
          'z-50 min-w-44 rounded-lg border bg-raised p-1 text-ink shadow-lg data-[state=open]:animate-rise',
          className,
        )}
        {...props}
      />
    </Primitive.Portal>
  );
}

export function DropdownMenuItem({
  className,
  danger = false,
  ...props
}: ComponentProps<typeof Primitive.Item> & { danger?: boolean }) {
  return (
    <Primitive.Item className={cn(item, danger && 'text-danger-text', className)} {...props} />
  );
}

export function DropdownMenuRadioItem({
  className,
  children,
  ...props
}: ComponentProps<typeof Primitive.RadioItem>) {
  return (
    <Primitive.RadioItem className={cn(item, 'ps-8 relative', className)} {...props}>
      <Primitive.ItemIndicator className="absolute start-2.5">
        <Check />
      </Primitive.ItemIndicator>
      {children}
    </Primitive.RadioItem>
  );
}

export function DropdownMenuLabel({ className, ...props }: ComponentProps<typeof Primitive.Label>) {
  return (
    <Primitive.Label className={cn('px-2.5 py-1.5 text-xs text-muted', className)} {...props} />
  );
}

export function DropdownMenuSeparator() {
  return <Primitive.Separator className="-mx-1 my-1 h-px bg-line" />;
}
