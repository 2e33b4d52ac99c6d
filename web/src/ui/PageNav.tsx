import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from '@/lib/cn';

export interface PageNavGroup<Name extends string> {
  label: string;
  pages: readonly { name: Name; label: string; badge?: number }[];
}

/** The pages of an area: a column beside the page; on a phone a screen of its own. */
export function PageNav<Name extends string>({
  label,
  title,
  groups,
  active,
  footer,
  onOpen,
}: {
  label: string;
  title: string;
  groups: readonly PageNavGroup<Name>[];
  active: string | undefined;
  /** Below the list, on a phone alone. */
  footer?: ReactNode;
  onOpen: (page: Name) => void;
}) {
  return (
    <nav
      aria-label={label}
      className={cn(
        'w-full shrink-0 overflow-y-auto border-line bg-surface px-2 py-4 md:w-[220px] md:border-e md:bg-bg',
        active && 'max-md:hidden',
      )}
    >
      <h1 className="mb-2 px-3 font-semibold text-title">{title}</h1>
      {groups.map((group) => (
        <div key={group.label} className="mb-3">
          <p className="px-3 py-1 font-medium text-faint text-meta">{group.label}</p>
          <ul>
            {group.pages.map((page) => (
              <li key={page.name}>
                <button
                  type="button"
                  aria-current={active === page.name ? 'page' : undefined}
                  onClick={() => onOpen(page.name)}
                  className={cn(
                    'flex h-8 w-full items-center justify-between gap-2 rounded-control px-3 text-start max-md:h-12',
                    active === page.name
                      ? 'bg-accent-soft font-medium text-accent'
                      : 'text-muted hover:bg-sunken hover:text-ink',
                  )}
                >
                  <span className="flex-1 truncate">{page.label}</span>
                  {page.badge ? (
                    <span className="min-w-5 rounded-full bg-accent px-1.5 text-center font-semibold text-accent-ink text-meta tabular-nums">
                      {page.badge > 99 ? '99+' : page.badge}
                    </span>
                  ) : null}
                  <ChevronRight aria-hidden className="size-4 md:hidden" />
                </button>
              </li>
            ))}
          </ul>
        </div>
      ))}
      {footer ? <div className="md:hidden">{footer}</div> : null}
    </nav>
  );
}
