// How a button looks, also for what is not {@link Button}: a link, or a page that must weigh little.
import { cva } from 'class-variance-authority';

export const button = cva(
  'inline-flex shrink-0 items-center justify-center gap-2 rounded-md text-sm font-medium whitespace-nowrap transition-colors disabled:pointer-events-none disabled:opacity-60 [&_svg]:size-4 [&_svg]:shrink-0',
  {
    variants: {
      variant: {
        primary: 'bg-accent text-accent-ink hover:bg-accent/90',
        outline: 'border bg-raised text-ink hover:bg-page',
        ghost: 'hover:bg-ink/8',
        danger: 'bg-danger text-danger-ink hover:bg-danger/90',
        link: 'text-accent-text underline-offset-4 hover:underline',
      },
      size: {
        md: 'h-10 px-4 sm:h-9',
        sm: 'h-9 px-3 sm:h-8',
        icon: 'size-10 sm:size-8',
        tiny: 'size-7',
      },
    },
    defaultVariants: { variant: 'primary', size: 'md' },
  },
);
