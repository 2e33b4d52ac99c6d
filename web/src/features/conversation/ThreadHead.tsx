import {
  ArrowLeft,
  CheckCheck,
  CircleAlert,
  Clock3,
  MailOpen,
  MoreHorizontal,
  PanelRight,
  RotateCcw,
  UserPlus,
} from 'lucide-react';
import type { Conversation } from '@/api/conversations';
import { t } from '@/i18n/t';
import { runCommand, useKeysOf } from '@/lib/commands';
import { useNow } from '@/lib/hooks';
import { customerName, formatAddress } from '@/lib/phone';
import { moment } from '@/lib/time';
import { Avatar } from '@/ui/Avatar';
import { Badge } from '@/ui/Badge';
import { Button } from '@/ui/Button';
import { IconButton } from '@/ui/IconButton';
import { Menu } from '@/ui/Menu';
import { Tooltip } from '@/ui/Tooltip';

/** Who it is, where it stands, and the four things one does with it. */
export function ThreadHead({
  row,
  panelShown,
  onBack,
}: {
  row: Conversation;
  panelShown: boolean;
  /** Only where one pane shows at a time. */
  onBack: (() => void) | undefined;
}) {
  const now = useNow();
  const name = customerName(row.customer);
  const closed = row.status === 'closed';
  // Alone on the screen it is the screen's own heading.
  const Heading = onBack ? 'h1' : 'h2';
  const keys = {
    close: useKeysOf('conversation.close'),
    reopen: useKeysOf('conversation.reopen'),
    snooze: useKeysOf('conversation.snooze'),
    assign: useKeysOf('conversation.assign'),
    unread: useKeysOf('conversation.unread'),
    panel: useKeysOf('desk.fold-panel'),
  };
  const run = (id: string) => () => {
    runCommand(id);
  };
  return (
    <header className="flex min-h-14 items-center gap-2 border-line border-b bg-surface py-1.5 ps-4 pe-3 max-md:ps-1 max-md:pe-1">
      {onBack ? (
        <IconButton icon={ArrowLeft} label={t.actions.back_to_list} onClick={onBack} />
      ) : null}
      <div className="min-w-0 flex-1">
        <Heading className="truncate font-semibold text-title">{name}</Heading>
        <p className="flex items-center gap-1.5 truncate text-label text-muted">
          <span className="truncate">
            {row.customer.name ? `${formatAddress(row.customer.address)} · ` : ''}
            {formatAddress(row.inbox.name)}
          </span>
          {closed ? <Badge>{t.actions.status_closed}</Badge> : null}
          {row.status === 'snoozed' && row.snoozed_until !== null ? (
            <Badge tone="info">{t.actions.status_snoozed(moment(row.snoozed_until, now))}</Badge>
          ) : null}
          {row.complaint_since !== null ? (
            <Badge tone="bad">{t.actions.status_complaint(moment(row.complaint_since, now))}</Badge>
          ) : null}
        </p>
      </div>
      <Tooltip
        label={row.assignee ? t.actions.assigned_to(row.assignee.name) : t.actions.assign}
        keys={keys.assign}
      >
        <Button
          tone="quiet"
          className="max-w-[160px] px-2 max-lg:hidden"
          onClick={run('conversation.assign')}
        >
          {row.assignee ? (
            <Avatar name={row.assignee.name} tone="member" size="sm" />
          ) : (
            <UserPlus aria-hidden className="size-[18px]" strokeWidth={1.75} />
          )}
          <span className="truncate">{row.assignee?.name ?? t.actions.unassigned}</span>
        </Button>
      </Tooltip>
      {closed ? (
        <Button icon={RotateCcw} onClick={run('conversation.reopen')}>
          {t.actions.reopen}
        </Button>
      ) : (
        <>
          <IconButton
            className="max-md:hidden"
            icon={Clock3}
            label={t.actions.snooze}
            keys={keys.snooze}
            onClick={run('conversation.snooze')}
          />
          <Tooltip label={t.commands.close} keys={keys.close}>
            <Button icon={CheckCheck} onClick={run('conversation.close')}>
              {t.actions.close}
            </Button>
          </Tooltip>
        </>
      )}
      <IconButton
        icon={PanelRight}
        label={t.actions.customer}
        keys={keys.panel}
        pressed={panelShown}
        onClick={run('desk.fold-panel')}
        className="max-md:hidden"
      />
      <Menu
        trigger={
          <button
            type="button"
            aria-label={t.common.more}
            className="inline-flex size-control items-center justify-center rounded-control text-muted hover:bg-sunken hover:text-ink"
          >
            <MoreHorizontal aria-hidden className="size-[18px]" />
          </button>
        }
      >
        {({ MenuItem }) => (
          <>
            <MenuItem icon={UserPlus} keys={keys.assign} onSelect={run('conversation.assign')}>
              {row.assignee ? t.actions.assigned_to(row.assignee.name) : t.actions.assign}
            </MenuItem>
            <MenuItem icon={Clock3} keys={keys.snooze} onSelect={run('conversation.snooze')}>
              {t.actions.snooze}
            </MenuItem>
            <MenuItem icon={PanelRight} keys={keys.panel} onSelect={run('desk.fold-panel')}>
              {t.actions.customer}
            </MenuItem>
            <MenuItem icon={MailOpen} keys={keys.unread} onSelect={run('conversation.unread')}>
              {t.actions.unread}
            </MenuItem>
            {row.complaint_since !== null ? (
              <MenuItem icon={CheckCheck} onSelect={run('conversation.complaint-settled')}>
                {t.commands.complaint_settle}
              </MenuItem>
            ) : closed ? null : (
              <MenuItem icon={CircleAlert} onSelect={run('conversation.complaint')}>
                {t.commands.complaint_open}
              </MenuItem>
            )}
          </>
        )}
      </Menu>
    </header>
  );
}
