import { type ClassValue, clsx } from 'clsx';
import { extendTailwindMerge } from 'tailwind-merge';

// Our type scale shares the `text-` prefix with colours; without this the merge would drop one.
const merge = extendTailwindMerge({
  extend: {
    theme: {
      spacing: ['control'],
      text: ['meta', 'label', 'base', 'text', 'title', 'page', 'kpi'],
    },
    classGroups: { rounded: [{ rounded: ['control', 'card', 'dialog', 'bubble', 'full'] }] },
  },
});

/** Joins class names; of two that set the same property the later one wins. */
export function cn(...values: ClassValue[]): string {
  return merge(clsx(values));
}
