import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { t } from '@/i18n/t';
import { cn } from '@/lib/cn';

export const SETTINGS_GROUPS = [
  { label: t.settings.groups.shop, pages: ['workspace', 'demo'] },
  { label: t.settings.groups.sending, pages: ['inboxes', 'accounts', 'sending'] },
  { label: t.settings.groups.team, pages: ['members', 'keys'] },
  { label: t.settings.groups.you, pages: ['appearance', 'keyboard', 'sessions'] },
] as const;

export type SettingsPageName = (typeof SETTINGS_GROUPS)[number]['pages'][number];

/** A column beside the page; on a phone a screen of its own. */
export function SettingsNav({
  active,
  footer,
  onOpen,
}: {
  active: string | undefined;
  footer: ReactNode;
  onOpen: (page: SettingsPageName) => void;
}) {
  return (
    <nav
      aria-label={t.settings.nav}
      className={cn(
        'w-full shrink-0 overflow-y-auto border-line bg-surface px-2 py-4 md:w-[220px] md:border-e md:bg-bg',
        active && 'max-md:hidden',
      )}
    >
      <h1 className="mb-2 px-3 font-semibold text-title">{t.settings.title}</h1>
      {SETTINGS_GROUPS.map((group) => (
        <div key={group.label} className="mb-3">
          <p className="px-3 py-1 font-medium text-faint text-meta">{group.label}</p>
          <ul>
            {group.pages.map((page) => (
              <li key={page}>
                <button
                  type="button"
                  aria-current={active === page ? 'page' : undefined}
                  onClick={() => onOpen(page)}
                  className={cn(
                    'flex h-8 w-full items-center justify-between rounded-control px-3 text-start max-md:h-12',
                    active === page
                      ? 'bg-accent-soft font-medium text-accent'
                      : 'text-muted hover:bg-sunken hover:text-ink',
                  )}
                >
                  {t.settings.pages[page]}
                  <ChevronRight aria-hidden className="size-4 md:hidden" />
                </button>
              </li>
            ))}
          </ul>
        </div>
      ))}
      <div className="md:hidden">{footer}</div>
    </nav>
  );
}
