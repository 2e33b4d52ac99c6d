import { useQuery } from '@tanstack/react-query';
import {
  CheckCheck,
  CircleAlert,
  Clock3,
  Link2,
  Lock,
  MailOpen,
  MessageSquareText,
  PanelRight,
  RotateCcw,
  UserPlus,
  UserRound,
} from 'lucide-react';
import { useCallback, useRef, useState } from 'react';
import {
  assignConversation,
  type Conversation,
  closeConversation,
  conversationQuery,
  markRead,
  markUnread,
  reopenConversation,
  setComplaint,
  snoozeConversation,
} from '@/api/conversations';
import { errorCode, errorText } from '@/api/errors';
import { queryClient } from '@/api/query-client';
import type { Me } from '@/api/session';
import type { Thread as ThreadStretch } from '@/api/threads';
import { Composer, focusComposer } from '@/features/composer/Composer';
import { useDrafts } from '@/features/composer/drafts';
import { copyLink } from '@/features/conversation/MessageView';
import { Thread } from '@/features/conversation/Thread';
import { ThreadHead } from '@/features/conversation/ThreadHead';
import { UnsureBanner } from '@/features/conversation/UnsureBanner';
import { CustomerPanel } from '@/features/customers/CustomerPanel';
import { t } from '@/i18n/t';
import { useCommands } from '@/lib/commands';
import { useDesk } from '@/lib/desk';
import { useLoaded } from '@/lib/loaded';
import type { Pane } from '@/lib/panes';
import { customerName } from '@/lib/phone';
import { moment } from '@/lib/time';
import { Divider } from '@/ui/Divider';
import { Failure } from '@/ui/States';
import { toast } from '@/ui/Toasts';

const loadOverlays = () =>
  import('./ConversationOverlays').then((module) => module.ConversationOverlays);
const overlays: { part: Awaited<ReturnType<typeof loadOverlays>> | null } = { part: null };

interface Props {
  id: string;
  me: Me;
  /** The message a link leads to. */
  target: string | undefined;
  onTargetLeft: () => void;
  /** Whether there is room for the customer beside the thread, and how much of it they take. */
  panelFits: boolean;
  panelPane: Pane;
  onBack: (() => void) | undefined;
  /** The conversation left the view; show what comes next. */
  onLeave: () => void;
  onOpen: (id: string) => void;
  /** Shows the ledger's entries of a number. */
  onConsents: (number: string) => void;
  onPrivacy: (customer: string) => void;
}

/** One conversation: thread, composer, and the customer beside them. */
export function ConversationScreen({ id, ...props }: Props) {
  const query = useQuery(conversationQuery(id));
  const row = query.data;
  if (!row) {
    return query.isError ? (
      <Failure
        className="flex-1 justify-center"
        detail={query.error instanceof Error ? errorText(query.error) : ''}
        code={errorCode(query.error)}
        onRetry={() => void query.refetch()}
      />
    ) : (
      <div className="min-w-0 flex-1" role="status" aria-label={t.common.loading} />
    );
  }
  return <Opened row={row} loaded={!query.isPlaceholderData} {...props} />;
}

/** The message meant by "this text": the one the focus is on, the marked one, else the newest. */
function shownMessage(id: string, target: string | undefined): string | undefined {
  const focused = document.activeElement?.id;
  if (focused?.startsWith('msg_')) return focused;
  const items = queryClient.getQueryData<ThreadStretch>(['messages', id])?.items ?? [];
  return target ?? items[items.length - 1]?.id;
}

/** What holds for one opening of a conversation, and not for the next. */
interface Opening {
  id: string;
  /** How far it was read when it was opened: the mark stays where it was while one reads on. */
  readSeq: number | undefined;
  /** Marked unread by hand: looking at it must not take that back. */
  keepUnread: boolean;
  /** Up to where the server was told that it was read. */
  told: number;
}
const NOT_OPENED: Opening = { id: '', readSeq: undefined, keepUnread: false, told: 0 };

/**
 * Stays in place from one conversation to the next: head, composer and panel are filled anew and not
 * built anew, which halves what J costs. What belongs to one conversation alone is held by its id.
 */
function Opened({
  row,
  loaded,
  me,
  target,
  onTargetLeft,
  panelFits,
  panelPane,
  onBack,
  onLeave,
  onOpen,
  onConsents,
  onPrivacy,
}: Omit<Props, 'id'> & { row: Conversation; loaded: boolean }) {
  const { id } = row;
  const name = customerName(row.customer);
  const [optingOut, setOptingOut] = useState<string | null>(null);
  const { overlay, open, panelFolded, togglePanel, setPanelWidth } = useDesk();
  const change = useDrafts((state) => state.change);
  const Overlays = useLoaded(
    overlays,
    loadOverlays,
    overlay === 'assign' || overlay === 'snooze' || overlay === 'customer',
  );
  const mayWrite = me.permissions.includes('send');

  const opened = useRef<Opening>(NOT_OPENED);
  if (opened.current.id !== id && loaded) {
    const readSeq = row.unread ? (row.read_seq ?? row.last_seq) : row.last_seq;
    opened.current = { id, readSeq, keepUnread: false, told: 0 };
  }
  const readSeq = opened.current.id === id ? opened.current.readSeq : undefined;

  const onSeen = useCallback(
    (seq: number) => {
      const opening = opened.current;
      if (opening.id !== id || opening.keepUnread || opening.told >= seq || !row.unread) return;
      opening.told = seq;
      markRead(id, seq).catch(() => {
        opening.told = 0;
      });
    },
    [id, row.unread],
  );

  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work();
      return true;
    } catch (error) {
      toast(errorText(error), { tone: 'bad' });
      return false;
    }
  };
  const close = async () => {
    onLeave();
    if (await attempt(() => closeConversation(id))) {
      toast(t.actions.closed(name), {
        action: {
          label: t.common.undo,
          run: () => void attempt(() => reopenConversation(id)).then(() => onOpen(id)),
        },
      });
    }
  };
  const assign = (member: { id: string; name: string } | null) =>
    void attempt(() => assignConversation(id, member));
  const snooze = async (until: number) => {
    onLeave();
    if (await attempt(() => snoozeConversation(id, until))) {
      toast(t.actions.snoozed(name, moment(until, Date.now())), {
        action: {
          label: t.common.undo,
          run: () => void attempt(() => reopenConversation(id)).then(() => onOpen(id)),
        },
      });
    }
  };
  const write = (mode: 'text' | 'note') => () => {
    change(id, { mode });
    // At once: the next key is already a letter of the text.
    focusComposer();
  };
  const showPanel = () => {
    if (panelFits) togglePanel();
    else open(overlay === 'customer' ? null : 'customer');
  };

  const group = t.groups.conversation;
  const isOpen = () => row.status !== 'closed';
  useCommands([
    {
      id: 'conversation.reply',
      label: t.commands.reply,
      group,
      icon: MessageSquareText,
      when: () => mayWrite,
      run: write('text'),
    },
    {
      id: 'conversation.note',
      label: t.commands.note,
      group,
      icon: Lock,
      when: () => mayWrite,
      run: write('note'),
    },
    {
      id: 'conversation.close',
      label: t.commands.close,
      group,
      icon: CheckCheck,
      when: isOpen,
      run: () => void close(),
    },
    {
      id: 'conversation.reopen',
      label: t.commands.reopen,
      group,
      icon: RotateCcw,
      when: () => row.status !== 'open',
      run: () => void attempt(() => reopenConversation(id)),
    },
    {
      id: 'conversation.snooze',
      label: t.commands.snooze,
      group,
      icon: Clock3,
      when: isOpen,
      run: () => open('snooze'),
    },
    {
      id: 'conversation.assign',
      label: t.commands.assign,
      group,
      icon: UserPlus,
      run: () => open('assign'),
    },
    {
      id: 'conversation.assign-me',
      label: t.commands.assign_me,
      group,
      icon: UserRound,
      run: () => assign({ id: me.member.id, name: me.member.name }),
    },
    {
      id: 'conversation.unread',
      label: t.commands.unread,
      group,
      icon: MailOpen,
      run: () => {
        opened.current.keepUnread = true;
        void attempt(() => markUnread(id));
      },
    },
    {
      id: 'conversation.complaint',
      label: t.commands.complaint_open,
      group,
      icon: CircleAlert,
      when: () => isOpen() && row.complaint_since === null && me.permissions.includes('write'),
      run: () => void attempt(() => setComplaint(id, true)),
    },
    {
      id: 'conversation.complaint-settled',
      label: t.commands.complaint_settle,
      group,
      icon: CheckCheck,
      when: () => row.complaint_since !== null && me.permissions.includes('write'),
      run: () => void attempt(() => setComplaint(id, false)),
    },
    {
      id: 'conversation.copy-link',
      label: t.thread.copy_link,
      group,
      icon: Link2,
      when: () => shownMessage(id, target) !== undefined,
      run: () => {
        const message = shownMessage(id, target);
        if (message) void copyLink({ id: message, conversation_id: id });
      },
    },
    {
      id: 'desk.fold-panel',
      label: t.commands.fold_panel,
      group: t.groups.desk,
      icon: PanelRight,
      run: showPanel,
    },
    {
      id: 'conversation.enter',
      label: t.commands.enter,
      group,
      quiet: true,
      when: () => document.activeElement === document.body,
      run: () => document.getElementById('thread')?.focus(),
    },
    {
      id: 'desk.focus-thread',
      label: t.commands.focus_thread,
      group: t.groups.desk,
      run: () => document.getElementById('thread')?.focus(),
    },
    {
      id: 'desk.focus-composer',
      label: t.commands.focus_composer,
      group: t.groups.desk,
      run: focusComposer,
    },
    {
      id: 'desk.focus-panel',
      label: t.commands.focus_panel,
      group: t.groups.desk,
      run: () => document.getElementById('customer-panel')?.focus(),
    },
  ]);

  const askToOptOut = (number: string) => {
    // The question takes the drawer's place: two things on top of each other trap the focus.
    if (overlay === 'customer') open(null);
    setOptingOut(number);
  };
  const panel = (
    <CustomerPanel
      id={row.customer.id}
      conversation={id}
      onOpenConversation={onOpen}
      onOptOut={me.permissions.includes('write') ? askToOptOut : undefined}
      onConsents={onConsents}
      onPrivacy={me.permissions.includes('privacy') ? () => onPrivacy(row.customer.id) : undefined}
    />
  );
  return (
    <>
      <section
        aria-label={t.thread.label}
        className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface"
      >
        <ThreadHead row={row} panelShown={panelFits && !panelFolded} onBack={onBack} />
        <Thread
          key={id}
          id={id}
          customer={name}
          recipient={row.customer}
          readSeq={readSeq}
          target={target}
          onSeen={onSeen}
          onTargetLeft={onTargetLeft}
        />
        <UnsureBanner conversation={id} mayAnswer={me.permissions.includes('write')} />
        <Composer row={row} mayWrite={mayWrite} onSentAndClosed={onLeave} />
      </section>
      {panelFits && !panelFolded ? (
        <>
          <Divider
            label={t.customer.resize}
            of="after"
            width={panelPane.width}
            bounds={panelPane.bounds}
            onWidth={setPanelWidth}
          />
          <aside
            id="customer-panel"
            aria-label={t.customer.title}
            tabIndex={-1}
            className="shrink-0 overflow-y-auto border-line border-s bg-surface"
            style={{ width: panelPane.width }}
          >
            {panel}
          </aside>
        </>
      ) : null}
      {Overlays ? (
        <Overlays
          overlay={overlay}
          me={me.member}
          panel={panelFits ? null : panel}
          optingOut={optingOut}
          onOptedOut={() => setOptingOut(null)}
          onClose={() => open(null)}
          onAssign={assign}
          onSnooze={(until) => void snooze(until)}
        />
      ) : null}
    </>
  );
}
