import type { LucideIcon } from 'lucide-react';
import {
  Inbox,
  ListChecks,
  Menu as MenuIcon,
  Search,
  Settings,
  ShieldCheck,
  Smartphone,
  Users,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { t } from '@/i18n/t';
import { cn } from '@/lib/cn';
import { useKeysOf } from '@/lib/commands';
import { useDesk } from '@/lib/desk';
import { Tooltip } from '@/ui/Tooltip';

export type Place = 'inbox' | 'search' | 'customers' | 'compliance' | 'settings' | 'start';

interface NavProps {
  place: Place | null;
  unassigned: number;
  onGo: (place: Place) => void;
  account: ReactNode;
  showStart: boolean;
}

function RailButton({
  icon: Icon,
  label,
  keys,
  active,
  badge,
  onClick,
}: {
  icon: LucideIcon;
  label: string;
  keys?: string | undefined;
  active: boolean;
  badge?: number;
  onClick: () => void;
}) {
  return (
    <Tooltip label={label} keys={keys} side="right">
      <button
        type="button"
        aria-label={badge ? `${label}, ${badge}` : label}
        aria-current={active ? 'page' : undefined}
        onClick={onClick}
        className={cn(
          'relative flex size-10 items-center justify-center rounded-card',
          active ? 'bg-accent-soft text-accent' : 'text-muted hover:bg-sunken hover:text-ink',
        )}
      >
        <Icon aria-hidden className="size-5" strokeWidth={1.75} />
        {badge ? (
          <span
            aria-hidden
            className="absolute -end-0.5 top-0.5 min-w-4 rounded-full bg-accent px-1 text-center font-semibold text-[10px] text-accent-ink leading-4"
          >
            {badge > 99 ? '99+' : badge}
          </span>
        ) : null}
      </button>
    </Tooltip>
  );
}

/** The rail of a desk. */
export function Rail({ place, unassigned, onGo, account, showStart }: NavProps) {
  const dock = useDesk((desk) => desk.dock);
  const toggleDock = useDesk((desk) => desk.toggleDock);
  return (
    <nav
      aria-label={t.nav.label}
      className="flex w-14 shrink-0 flex-col items-center gap-1 border-line border-e bg-bg py-3 max-md:hidden"
    >
      <img src="/favicon.svg" alt={t.common.app} className="mb-3 size-8" />
      <RailButton
        icon={Inbox}
        label={t.nav.inbox}
        keys={useKeysOf('go.inbox')}
        active={place === 'inbox'}
        badge={unassigned}
        onClick={() => onGo('inbox')}
      />
      <RailButton
        icon={Search}
        label={t.nav.search}
        keys={useKeysOf('go.search')}
        active={place === 'search'}
        onClick={() => onGo('search')}
      />
      <RailButton
        icon={Users}
        label={t.nav.customers}
        keys={useKeysOf('go.customers')}
        active={place === 'customers'}
        onClick={() => onGo('customers')}
      />
      <RailButton
        icon={ShieldCheck}
        label={t.nav.compliance}
        active={place === 'compliance'}
        onClick={() => onGo('compliance')}
      />
      <span className="flex-1" />
      {showStart ? (
        <RailButton
          icon={ListChecks}
          label={t.nav.start}
          active={place === 'start'}
          onClick={() => onGo('start')}
        />
      ) : null}
      <RailButton
        icon={Smartphone}
        label={t.nav.simulator}
        keys={useKeysOf('desk.simulator')}
        active={dock}
        onClick={toggleDock}
      />
      <RailButton
        icon={Settings}
        label={t.nav.settings}
        keys={useKeysOf('go.settings')}
        active={place === 'settings'}
        onClick={() => onGo('settings')}
      />
      {account}
    </nav>
  );
}

function Tab({
  icon: Icon,
  label,
  active,
  badge,
  onClick,
}: {
  icon: LucideIcon;
  label: string;
  active: boolean;
  badge?: number;
  onClick: () => void;
}) {
  return (
    <button
      type="button"
      aria-current={active ? 'page' : undefined}
      onClick={onClick}
      className={cn(
        'relative flex h-14 flex-1 flex-col items-center justify-center gap-0.5 text-meta',
        active ? 'font-semibold text-accent' : 'text-muted',
      )}
    >
      <Icon aria-hidden className="size-5" strokeWidth={1.75} />
      {label}
      {badge ? (
        <span
          aria-hidden
          className="absolute top-1.5 ms-7 min-w-4 rounded-full bg-accent px-1 font-semibold text-[10px] text-accent-ink leading-4"
        >
          {badge > 99 ? '99+' : badge}
        </span>
      ) : null}
    </button>
  );
}

/** The bottom tabs of a phone. */
export function TabBar({
  place,
  unassigned,
  onGo,
  onMore,
}: Omit<NavProps, 'account' | 'showStart'> & { onMore: () => void }) {
  return (
    <nav
      aria-label={t.nav.label}
      className="flex shrink-0 border-line border-t bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      <Tab
        icon={Inbox}
        label={t.nav.inbox}
        active={place === 'inbox'}
        badge={unassigned}
        onClick={() => onGo('inbox')}
      />
      <Tab
        icon={Search}
        label={t.nav.search}
        active={place === 'search'}
        onClick={() => onGo('search')}
      />
      <Tab
        icon={Users}
        label={t.nav.customers}
        active={place === 'customers'}
        onClick={() => onGo('customers')}
      />
      <Tab
        icon={MenuIcon}
        label={t.nav.more}
        active={place === 'settings' || place === 'start' || place === 'compliance'}
        onClick={onMore}
      />
    </nav>
  );
}
