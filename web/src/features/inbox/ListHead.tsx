import { useQuery } from '@tanstack/react-query';
import { ListFilter as FilterIcon, PenLine } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { type Counts, countsQuery, type ListFilter, VIEWS, type View } from '@/api/conversations';
import { type Inbox, inboxesQuery } from '@/api/settings';
import { t } from '@/i18n/t';
import { cn } from '@/lib/cn';
import { useKeysOf } from '@/lib/commands';
import { useDesk } from '@/lib/desk';
import { formatAddress } from '@/lib/phone';
import { IconButton } from '@/ui/IconButton';
import { Menu } from '@/ui/Menu';

/** The views that stand in the row; the others are one click further. */
const FRONT: readonly View[] = ['mine', 'unassigned', 'all'];

const countOf = (counts: Counts | undefined, view: View): number | undefined =>
  counts === undefined
    ? undefined
    : {
        mine: counts.mine,
        unassigned: counts.unassigned,
        all: counts.open,
        snoozed: counts.snoozed,
        failed: counts.failed,
        waiting: counts.waiting,
        closed: undefined,
      }[view];

/** Title, views as filters, sort and inbox: everything that the address also says. */
export function ListHead({
  filter,
  onFilter,
  onRename,
}: {
  filter: ListFilter;
  onFilter: (change: Partial<ListFilter>) => void;
  /** None for those who may not name an inbox. */
  onRename: ((inbox: Inbox) => void) | undefined;
}) {
  const counts = useQuery(countsQuery).data;
  const inboxes = useQuery(inboxesQuery).data?.items ?? [];
  // The one that is meant: the chosen, or the only one.
  const meant =
    inboxes.length === 1 ? inboxes[0] : inboxes.find((inbox) => inbox.id === filter.inbox);
  const open = useDesk((desk) => desk.open);
  const newTextKeys = useKeysOf('text.new');
  const tabs = FRONT.includes(filter.view) ? FRONT : [...FRONT, filter.view];
  // A view from the menu stands last, where a narrow list would cut it off.
  const current = useRef<HTMLButtonElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: follows the view, and its count as that comes in
  useEffect(() => {
    current.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [filter.view, counts === undefined]);
  return (
    <div className="border-line border-b bg-surface">
      <div className="flex items-center gap-1 ps-4 pe-2 pt-2">
        <h1 className="flex-1 font-semibold text-title">{t.inbox.title}</h1>
        <Menu
          trigger={
            <button
              type="button"
              aria-label={t.inbox.filter}
              className="inline-flex size-control items-center justify-center rounded-control text-muted hover:bg-sunken hover:text-ink"
            >
              <FilterIcon aria-hidden className="size-[18px]" strokeWidth={1.75} />
            </button>
          }
        >
          {({ MenuItem, MenuLabel, MenuSeparator }) => (
            <>
              <MenuLabel>{t.inbox.view}</MenuLabel>
              {VIEWS.map((view) => (
                <MenuItem
                  key={view}
                  checked={view === filter.view}
                  hint={countOf(counts, view)?.toLocaleString('en')}
                  onSelect={() => onFilter({ view })}
                >
                  {t.inbox.views[view]}
                </MenuItem>
              ))}
              <MenuSeparator />
              <MenuItem
                checked={filter.sort === 'newest'}
                onSelect={() => onFilter({ sort: 'newest' })}
              >
                {t.inbox.sort_newest}
              </MenuItem>
              <MenuItem
                checked={filter.sort === 'oldest'}
                onSelect={() => onFilter({ sort: 'oldest' })}
              >
                {t.inbox.sort_oldest}
              </MenuItem>
              {inboxes.length > 1 ? (
                <>
                  <MenuSeparator />
                  <MenuItem checked={!filter.inbox} onSelect={() => onFilter({ inbox: undefined })}>
                    {t.inbox.all_inboxes}
                  </MenuItem>
                  {inboxes.map((inbox) => (
                    <MenuItem
                      key={inbox.id}
                      checked={filter.inbox === inbox.id}
                      onSelect={() => onFilter({ inbox: inbox.id })}
                    >
                      {formatAddress(inbox.name)}
                    </MenuItem>
                  ))}
                </>
              ) : null}
              {meant && onRename ? (
                <>
                  <MenuSeparator />
                  <MenuItem onSelect={() => onRename(meant)}>
                    {t.settings.inboxes.rename(formatAddress(meant.name))}
                  </MenuItem>
                </>
              ) : null}
            </>
          )}
        </Menu>
        <IconButton
          icon={PenLine}
          label={t.commands.new_text}
          keys={newTextKeys}
          onClick={() => open('new-text')}
        />
      </div>
      <nav aria-label={t.inbox.view} className="flex gap-0.5 overflow-x-auto px-2 pt-1">
        {tabs.map((view) => {
          const active = view === filter.view;
          const count = countOf(counts, view);
          return (
            <button
              key={view}
              ref={active ? current : undefined}
              type="button"
              aria-current={active ? 'page' : undefined}
              onClick={() => onFilter({ view })}
              className={cn(
                'inline-flex h-9 shrink-0 items-center gap-1.5 border-b-2 px-2 font-medium max-md:h-11',
                active ? 'border-accent text-ink' : 'border-transparent text-muted hover:text-ink',
              )}
            >
              {t.inbox.views[view]}
              {count === undefined ? null : (
                <span
                  className={cn(
                    'font-normal text-label tabular-nums',
                    active ? 'text-accent' : 'text-faint',
                  )}
                >
                  {t.inbox.count_cap(count)}
                </span>
              )}
            </button>
          );
        })}
      </nav>
    </div>
  );
}
