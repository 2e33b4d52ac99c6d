import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import {
  type Conversation,
  conversationQuery,
  countsQuery,
  type ListFilter,
} from '@/api/conversations';
import { customerQuery } from '@/api/customers';
import { meQuery } from '@/api/session';
import { type Inbox, inboxesQuery } from '@/api/settings';
import { threadQuery } from '@/api/threads';
import { ConversationList } from '@/features/inbox/ConversationList';
import { ListHead } from '@/features/inbox/ListHead';
import { SelectionBar } from '@/features/inbox/SelectionBar';
import { t } from '@/i18n/t';
import { cn } from '@/lib/cn';
import { useDesk } from '@/lib/desk';
import { useIsPhone, useIsWide, useTitle, useWidth } from '@/lib/hooks';
import { useLoaded } from '@/lib/loaded';
import { panes } from '@/lib/panes';
import { Divider } from '@/ui/Divider';
import { Empty } from '@/ui/States';
import { ConversationScreen } from './ConversationScreen';
import { useListCommands } from './list-commands';
import { useOpenThread } from './open-thread';
import type { InboxSearch } from './router';
import { useSelection } from './selection';

const route = getRouteApi('/shell/inbox');

const loadRename = () =>
  import('@/features/settings/RenameInbox').then((module) => module.RenameInbox);
const rename: { part: Awaited<ReturnType<typeof loadRename>> | null } = { part: null };

/** Below this width the simulator's dock takes the place of the customer's panel. */
const DOCK_AND_PANEL_PX = 1560;

/** The three panes. The address holds the view and the open conversation; nothing else does. */
export function InboxScreen() {
  const me = useSuspenseQuery(meQuery).data;
  const search = route.useSearch();
  const navigate = useNavigate();
  const phone = useIsPhone();
  const client = useQueryClient();
  const { id: openId, message } = useOpenThread();
  const inboxes = useQuery(inboxesQuery).data?.items ?? [];
  const { listFolded, listWidth, setListWidth, panelFolded, panelWidth, dock } = useDesk();
  const desk = useRef<HTMLDivElement>(null);
  const room = useWidth(desk);
  const panelFits = useIsWide() && !(dock && window.innerWidth < DOCK_AND_PANEL_PX);
  const panelShown = panelFits && !panelFolded && openId !== undefined;
  // A list of the narrow kind gives the whole screen to the thread once one is open.
  const listShown = (openId === undefined || !phone) && !(listFolded && openId);
  const chosen = { list: listWidth, panel: panelWidth };
  const widths = panes(room, chosen, { list: listShown, panel: panelShown });
  const { view = 'all', sort = 'newest', inbox } = search;
  const filter: ListFilter = useMemo(() => ({ view, sort, inbox }), [view, sort, inbox]);

  const rows = useRef<readonly Conversation[]>([]);
  const [anyRows, setAnyRows] = useState(false);

  const go = useCallback(
    (id: string | undefined, replace = false) => {
      if (id) {
        void navigate({
          to: '/inbox/$conversation',
          params: { conversation: id },
          search: withoutMessage,
          replace,
        });
      } else {
        void navigate({ to: '/inbox', search: withoutMessage, replace });
      }
    },
    [navigate],
  );
  const onTargetLeft = useCallback(
    () => void navigate({ to: '.', search: withoutMessage, replace: true }),
    [navigate],
  );
  // J and K land on a thread that is already there.
  useEffect(() => {
    if (!openId) return;
    const timer = setTimeout(() => {
      const at = rows.current.findIndex((row) => row.id === openId);
      for (const by of [1, 2, -1]) {
        const next = rows.current[at + by];
        if (next && at >= 0) {
          void client.prefetchQuery(threadQuery(next.id));
          void client.prefetchQuery(conversationQuery(next.id));
          void client.prefetchQuery(customerQuery(next.customer.id));
        }
      }
    }, 150);
    return () => clearTimeout(timer);
  }, [openId, client]);
  const mayName = me.permissions.includes('settings_write');
  const [renaming, setRenaming] = useState<Inbox | null>(null);
  const Rename = useLoaded(rename, loadRename, renaming !== null);
  const selection = useSelection(me.member, rows);
  const { leave, arrive } = useListCommands({ openId, rows, go, selection, phone });
  const onRows = useCallback(
    (shown: readonly Conversation[], loading: boolean) => {
      rows.current = shown;
      setAnyRows(shown.length > 0);
      arrive(loading);
    },
    [arrive],
  );
  const replace = !phone && openId !== undefined;
  const onOpenRow = useCallback((id: string) => go(id, replace), [go, replace]);

  return (
    <div ref={desk} className="flex h-full min-h-0">
      <Title view={filter.view} />
      {Rename && mayName ? <Rename inbox={renaming} onClose={() => setRenaming(null)} /> : null}
      {listShown ? (
        <section
          aria-label={t.inbox.list}
          className="flex min-h-0 shrink-0 flex-col border-line bg-surface max-md:w-full md:border-e"
          style={phone ? undefined : { width: widths.list.width }}
        >
          <ListHead
            filter={filter}
            onRename={mayName ? setRenaming : undefined}
            onFilter={(change) => {
              selection.clear();
              const next = { ...filter, ...change };
              void navigate({
                to: '/inbox',
                search: {
                  ...(next.view === 'all' ? {} : { view: next.view }),
                  ...(next.sort === 'newest' ? {} : { sort: next.sort }),
                  ...(next.inbox ? { inbox: next.inbox } : {}),
                },
              });
            }}
          />
          {selection.ids.size > 0 ? (
            <SelectionBar
              count={selection.ids.size}
              onClose={() => void selection.close()}
              onAssign={() => void selection.assign()}
              onClear={selection.clear}
            />
          ) : null}
          <ConversationList
            filter={filter}
            activeId={openId}
            chosen={selection.ids}
            showInbox={inboxes.length > 1}
            onOpen={onOpenRow}
            onEnter={focusThread}
            onToggle={selection.toggle}
            onRows={onRows}
          />
        </section>
      ) : null}
      {phone || listFolded ? null : (
        <Divider
          label={t.inbox.resize}
          of="before"
          width={widths.list.width}
          bounds={widths.list.bounds}
          onWidth={setListWidth}
        />
      )}
      {openId ? (
        <ConversationScreen
          id={openId}
          me={me}
          target={message}
          onTargetLeft={onTargetLeft}
          panelFits={panelFits}
          panelPane={widths.panel}
          onBack={phone ? () => go(undefined) : undefined}
          onLeave={leave}
          onOpen={(id) => go(id)}
          onConsents={(number) =>
            void navigate({
              to: '/compliance/$page',
              params: { page: 'consents' },
              search: { number },
            })
          }
          onPrivacy={(customer) =>
            void navigate({
              to: '/compliance/$page',
              params: { page: 'erasure' },
              search: { customer },
            })
          }
        />
      ) : (
        <div className={cn('flex min-w-0 flex-1 items-center justify-center max-md:hidden')}>
          {anyRows ? <Empty title={t.inbox.pick}>{t.inbox.pick_detail}</Empty> : null}
        </div>
      )}
    </div>
  );
}

/** The message a link led to belongs to its conversation; the view stays. */
const withoutMessage = ({ message: _left, ...rest }: InboxSearch): InboxSearch => rest;
const focusThread = () => document.getElementById('thread')?.focus();

/** The tab's title with the count of one's own. Apart, so that a new count redraws nothing else. */
function Title({ view }: { view: ListFilter['view'] }) {
  const mine = useQuery({ ...countsQuery, select: (counts) => counts.mine }).data ?? 0;
  useTitle(`${mine > 0 ? `(${mine}) ` : ''}${t.inbox.views[view]} · ${t.common.app}`);
  return null;
}
