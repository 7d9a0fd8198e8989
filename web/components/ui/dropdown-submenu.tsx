'use client';
// A menu within a menu.
import { ChevronRight } from 'lucide-react';
import { DropdownMenu as Primitive } from 'radix-ui';
import type { ReactNode } from 'react';

/** @param props `label` is the item that opens it, with its icon */
export function DropdownSubmenu({ label, children }: { label: ReactNode; children: ReactNode }) {
  return (
    <Primitive.Sub>
      <Primitive.SubTrigger className="flex cursor-default items-center gap-2 rounded-md px-2.5 py-2 text-sm outline-none select-none data-[highlighted]:bg-ink/8 data-[state=open]:bg-ink/8 sm:py-1.5 [&_svg]:size-4 [&_svg]:shrink-0">
        {label}
        <ChevronRight aria-hidden className="ms-auto rtl:rotate-180" />
      </Primitive.SubTrigger>
      <Primitive.SubContent
        collisionPadding={8}
        className="z-50 max-h-80 min-w-40 overflow-y-auto rounded-lg border bg-raised p-1 text-ink shadow-lg"
      >
        {children}
      </Primitive.SubContent>
    </Primitive.Sub>
  );
}
