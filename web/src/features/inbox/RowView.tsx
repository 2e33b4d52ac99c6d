import { Check, CircleAlert, Clock3, NotebookPen, OctagonX } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import type { Conversation } from '@/api/conversations';
import { t } from '@/i18n/t';
import { cn } from '@/lib/cn';
import type { Density } from '@/lib/desk';
import { customerName, formatAddress } from '@/lib/phone';
import { previewOf } from '@/lib/preview';
import { age, duration, fullTime, moment } from '@/lib/time';
import { Avatar } from '@/ui/Avatar';

/** Height of a row in px; the windowed list relies on it. */
export const ROW_HEIGHTS: Record<Density, number> = { comfortable: 72, compact: 52 };

function Mark({
  icon: Icon,
  tone,
  children,
}: {
  icon: typeof Clock3;
  tone: string;
  children: ReactNode;
}) {
  return (
    <span className={cn('inline-flex shrink-0 items-center gap-1 font-medium text-meta', tone)}>
      <Icon aria-hidden className="size-3" strokeWidth={2.25} />
      {children}
    </span>
  );
}

/** One conversation in the list. Every state stands in words, not in colour alone. */
export const RowView = memo(function RowView({
  row,
  now,
  active,
  chosen,
  showInbox,
  density,
}: {
  row: Conversation;
  now: number;
  active: boolean;
  chosen: boolean;
  showInbox: boolean;
  density: Density;
}) {
  const name = customerName(row.customer);
  const compact = density === 'compact';
  const whose = [
    row.assignee?.name ?? t.inbox.nobody,
    showInbox ? formatAddress(row.inbox.name) : '',
  ]
    .filter(Boolean)
    .join(' · ');
  const preview = (
    <>
      {row.last_direction === 'outbound' ? (
        <span className="text-faint">{t.inbox.ours}</span>
      ) : null}
      {previewOf(row)}
    </>
  );
  const tone = row.unread ? 'text-ink' : 'text-muted';
  return (
    <div
      className={cn(
        'relative flex h-full gap-3 border-line border-b ps-4 pe-3 max-md:ps-3',
        compact ? 'pt-1.5 max-md:pt-1' : 'pt-2.5 max-md:pt-1.5',
        active ? 'bg-accent-soft' : chosen ? 'bg-sunken' : 'bg-surface hover:bg-bg',
      )}
    >
      {row.unread ? (
        <span
          aria-hidden
          className={cn(
            'absolute start-1.5 size-1.5 rounded-full bg-accent max-md:start-1',
            compact ? 'top-[18px]' : 'top-[22px]',
          )}
        />
      ) : null}
      {chosen ? (
        <span
          aria-hidden
          className="mt-0.5 inline-flex size-8 shrink-0 items-center justify-center rounded-full bg-accent text-accent-ink"
        >
          <Check className="size-4" />
        </span>
      ) : (
        <Avatar name={name} className={cn('mt-0.5', active && 'bg-surface')} />
      )}
      <div className="flex min-w-0 flex-1 flex-col">
        <div className="flex items-baseline gap-2">
          <span
            className={cn('min-w-0 flex-1 truncate', row.unread ? 'font-semibold' : 'font-medium')}
          >
            {name}
          </span>
          {row.unread ? <span className="sr-only">{t.inbox.unread}</span> : null}
          <time
            dateTime={new Date(row.last_at).toISOString()}
            title={fullTime(row.last_at)}
            className="shrink-0 text-faint text-meta"
          >
            {age(row.last_at, now)}
          </time>
        </div>
        {compact ? (
          <div className="flex items-center gap-2.5 overflow-hidden">
            <Marks row={row} now={now} />
            <p className={cn('min-w-0 flex-1 truncate', tone)}>{preview}</p>
            <span className="max-w-[40%] shrink-0 truncate text-faint text-meta">{whose}</span>
          </div>
        ) : (
          <>
            <p className={cn('truncate', tone)}>{preview}</p>
            <div className="flex h-4 items-center gap-2.5 overflow-hidden text-faint text-meta">
              <Marks row={row} now={now} />
              <span className="min-w-0 truncate">{whose}</span>
            </div>
          </>
        )}
      </div>
    </div>
  );
});

/** What holds of a conversation besides its words. */
function Marks({ row, now }: { row: Conversation; now: number }) {
  return (
    <>
      {row.has_failed ? (
        <Mark icon={CircleAlert} tone="text-bad">
          {t.inbox.failed}
        </Mark>
      ) : null}
      {row.opted_out ? (
        <Mark icon={OctagonX} tone="text-bad">
          {t.inbox.opted_out}
        </Mark>
      ) : null}
      {row.draft ? (
        <Mark icon={NotebookPen} tone="text-warn">
          {t.inbox.draft}
        </Mark>
      ) : null}
      {row.snoozed_until !== null && row.status === 'snoozed' ? (
        <Mark icon={Clock3} tone="text-muted">
          {t.inbox.snoozed_until(moment(row.snoozed_until, now))}
        </Mark>
      ) : null}
      {row.waiting_since !== null && row.status === 'open' ? (
        <span className="shrink-0 font-medium text-meta text-muted">
          {t.inbox.waiting(duration(now - row.waiting_since))}
        </span>
      ) : null}
    </>
  );
}
