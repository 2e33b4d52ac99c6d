import { useQuery } from '@tanstack/react-query';
import { Check, MoreHorizontal, OctagonX, Package, Pencil } from 'lucide-react';
import { type FormEvent, useEffect, useState } from 'react';
import type { Conversation } from '@/api/conversations';
import { type Customer, changeCustomer, customerQuery, type Order } from '@/api/customers';
import { errorCode, errorText } from '@/api/errors';
import { t } from '@/i18n/t';
import { useNow } from '@/lib/hooks';
import { useLoaded } from '@/lib/loaded';
import { formatAddress } from '@/lib/phone';
import { previewOf } from '@/lib/preview';
import { age, dateOf, money } from '@/lib/time';
import { Avatar } from '@/ui/Avatar';
import { Badge } from '@/ui/Badge';
import { Button } from '@/ui/Button';
import { IconButton } from '@/ui/IconButton';
import { Menu } from '@/ui/Menu';
import { Failure } from '@/ui/States';
import { toast } from '@/ui/Toasts';
import { Block } from './Block';
import { Clocks, Places } from './Places';

// A dialog's machinery is not part of the first load.
const loadMerging = () => import('./Merging').then((module) => module.Merging);
const mergingPart: { part: Awaited<ReturnType<typeof loadMerging>> | null } = { part: null };

/** Changes with each merge and its undoing: what was typed before is of somebody else. */
const stateOf = ({ merges: [last] }: Customer) =>
  last ? `${last.id}-${last.unmerged_at ?? ''}` : '';

/** Who the person is: name, numbers, orders, other conversations, notes. */
export function CustomerPanel({
  id,
  conversation,
  onOpenConversation,
  onOptOut,
  onConsents,
  onPrivacy,
}: {
  id: string;
  /** The one being looked at, left out of the list of others. */
  conversation?: string;
  onOpenConversation: (id: string) => void;
  /** Asks whether a number is to be opted out; none for those who may not. */
  onOptOut: ((number: string) => void) | undefined;
  onConsents: (number: string) => void;
  /** Leads to where they are exported or erased; none for those who may not. */
  onPrivacy: (() => void) | undefined;
}) {
  const query = useQuery(customerQuery(id));
  const [merging, setMerging] = useState(false);
  const merged = query.data !== undefined && query.data.merges.length > 0;
  const Merging = useLoaded(mergingPart, loadMerging, merging || merged);
  if (query.isPending) return <PanelSkeleton />;
  if (query.isError) {
    return (
      <Failure
        detail={`${t.customer.failed} ${errorText(query.error)}`}
        code={errorCode(query.error)}
        onRetry={() => void query.refetch()}
      />
    );
  }
  const customer = query.data;
  return (
    <div className="flex flex-col">
      <CustomerHead
        key={customer.id}
        customer={customer}
        onMerge={onOptOut && !customer.merged_into ? () => setMerging(true) : undefined}
      />
      {Merging ? (
        <Merging
          customer={customer}
          open={merging}
          mayWrite={onOptOut !== undefined}
          onClose={() => setMerging(false)}
        />
      ) : null}
      <Numbers customer={customer} onOptOut={onOptOut} onConsents={onConsents} />
      <Places customer={customer} />
      <Block title={t.customer.orders}>
        {customer.orders.length === 0 ? (
          <p className="text-muted">{t.customer.no_orders}</p>
        ) : (
          <ul className="flex flex-col gap-2">
            {customer.orders.slice(0, 5).map((order) => (
              <OrderCard key={order.id} order={order} />
            ))}
          </ul>
        )}
      </Block>
      <Notes key={`notes-${customer.id}-${stateOf(customer)}`} customer={customer} />
      <Block title={t.customer.previous}>
        <Others
          rows={customer.conversations.filter((row) => row.id !== conversation)}
          onOpen={onOpenConversation}
        />
      </Block>
      {onPrivacy ? (
        <Block title={t.customer.privacy}>
          <p className="mb-2 text-label text-muted">{t.customer.privacy_hint}</p>
          <Button size="sm" onClick={onPrivacy}>
            {t.customer.privacy_open}
          </Button>
        </Block>
      ) : null}
    </div>
  );
}

export function CustomerHead({
  customer,
  onMerge,
}: {
  customer: Customer;
  /** Asks whom they are merged with; none for those who may not. */
  onMerge: (() => void) | undefined;
}) {
  const [editing, setEditing] = useState(false);
  const [name, setName] = useState(customer.name);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setEditing(false);
    if (name.trim() === customer.name) return;
    try {
      await changeCustomer(customer.id, { name: name.trim() });
    } catch (error) {
      setEditing(true);
      toast(errorText(error), { tone: 'bad' });
    }
  };
  return (
    <div className="flex items-center gap-3 px-4 py-4">
      <Avatar name={customer.name || (customer.addresses[0]?.address ?? '')} size="lg" />
      <div className="min-w-0 flex-1">
        {editing ? (
          <form onSubmit={save} className="flex gap-1">
            <input
              aria-label={t.customer.name}
              value={name}
              autoFocus
              onChange={(event) => setName(event.target.value)}
              onKeyDown={(event) => {
                if (event.key !== 'Escape') return;
                event.stopPropagation();
                setName(customer.name);
                setEditing(false);
              }}
              className="h-8 min-w-0 flex-1 rounded-control border border-line-strong bg-surface px-2 max-md:h-11 max-md:text-[16px]"
            />
            <IconButton type="submit" icon={Check} label={t.customer.save_name} />
          </form>
        ) : (
          <div className="flex items-center gap-1">
            <p className="min-w-0 truncate font-semibold text-title">
              {customer.name || (
                <span className="font-normal text-muted">{t.customer.no_name}</span>
              )}
            </p>
            <IconButton
              icon={Pencil}
              label={t.customer.edit_name}
              onClick={() => {
                setName(customer.name);
                setEditing(true);
              }}
            />
          </div>
        )}
        <p className="text-faint text-label">{t.customer.since(dateOf(customer.created_at))}</p>
      </div>
      {onMerge ? (
        <Menu
          trigger={
            <button
              type="button"
              aria-label={t.customer.more}
              className="inline-flex size-control items-center justify-center rounded-control text-muted hover:bg-sunken hover:text-ink"
            >
              <MoreHorizontal aria-hidden className="size-[18px]" />
            </button>
          }
        >
          {({ MenuItem }) => <MenuItem onSelect={onMerge}>{t.customer.merge}</MenuItem>}
        </Menu>
      ) : null}
    </div>
  );
}

export function Numbers({
  customer,
  onOptOut,
  onConsents,
}: {
  customer: Customer;
  onOptOut: ((number: string) => void) | undefined;
  onConsents: (number: string) => void;
}) {
  return (
    <Block title={t.customer.numbers}>
      <ul className="flex flex-col gap-1.5">
        {customer.addresses.map((entry) => (
          <li key={entry.address} className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
            <span className="font-medium">{formatAddress(entry.address)}</span>
            {entry.opted_out ? (
              <Badge tone="bad" icon={OctagonX}>
                {t.customer.opted_out}
              </Badge>
            ) : null}
            {onOptOut && !entry.opted_out ? (
              <Button
                size="sm"
                tone="quiet"
                className="ms-auto"
                aria-label={t.customer.opt_out_of(formatAddress(entry.address))}
                onClick={() => onOptOut(entry.address)}
              >
                {t.customer.opt_out}
              </Button>
            ) : null}
            <Clocks of={customer.whereabouts.find(({ address }) => address === entry.address)} />
            <button
              type="button"
              onClick={() => onConsents(entry.address)}
              className="min-h-6 text-label text-muted underline underline-offset-2 hover:text-ink max-md:min-h-11"
            >
              {t.customer.consents}
            </button>
          </li>
        ))}
      </ul>
    </Block>
  );
}

export function OrderCard({ order }: { order: Order }) {
  const count = order.items.reduce((sum, item) => sum + item.quantity, 0);
  return (
    <li className="rounded-card border border-line p-2.5">
      <div className="flex items-center gap-2">
        <Package aria-hidden className="size-4 text-faint" strokeWidth={1.75} />
        <span className="font-medium">{order.number}</span>
        <Badge>{order.status.replaceAll('_', ' ')}</Badge>
        <span className="ms-auto font-medium">
          {money(order.total.minor, order.total.currency)}
        </span>
      </div>
      <p className="mt-1 line-clamp-2 text-label text-muted">
        {order.items
          .map((item) => (item.quantity > 1 ? `${item.quantity} × ${item.title}` : item.title))
          .join(', ')}
      </p>
      <p className="mt-0.5 text-faint text-label">
        {dateOf(order.placed_at)} · {t.customer.items(count)}
        {order.tracking ? ` · ${order.tracking}` : ''}
      </p>
    </li>
  );
}

function Notes({ customer }: { customer: Customer }) {
  const [notes, setNotes] = useState(customer.notes);
  const [saved, setSaved] = useState(false);
  useEffect(() => {
    if (notes === customer.notes) return;
    const timer = setTimeout(() => {
      changeCustomer(customer.id, { notes })
        .then(() => setSaved(true))
        .catch((error: unknown) => toast(errorText(error), { tone: 'bad' }));
    }, 900);
    return () => clearTimeout(timer);
  }, [notes, customer.notes, customer.id]);
  return (
    <Block title={t.customer.notes}>
      <textarea
        aria-label={t.customer.notes}
        rows={2}
        value={notes}
        placeholder={t.customer.notes_placeholder}
        onChange={(event) => {
          setSaved(false);
          setNotes(event.target.value);
        }}
        className="w-full resize-none rounded-control border border-line-strong bg-surface px-2.5 py-1.5 max-md:text-[16px]"
      />
      <p role="status" className="h-4 text-faint text-meta">
        {saved ? t.customer.notes_saved : ''}
      </p>
    </Block>
  );
}

export function Others({
  rows,
  onOpen,
}: {
  rows: readonly Conversation[];
  onOpen: (id: string) => void;
}) {
  const now = useNow();
  if (rows.length === 0) return <p className="text-muted">{t.customer.no_previous}</p>;
  return (
    <ul className="-mx-2 flex flex-col">
      {rows.map((row) => (
        <li key={row.id}>
          <button
            type="button"
            onClick={() => onOpen(row.id)}
            className="flex min-h-9 w-full items-center gap-2 rounded-control px-2 py-1 text-start hover:bg-sunken max-md:min-h-11"
          >
            <span className="min-w-0 flex-1 truncate">{previewOf(row)}</span>
            <span className="shrink-0 text-faint text-label">
              {row.status === 'closed' ? `${t.actions.status_closed} · ` : ''}
              {age(row.last_at, now)}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function PanelSkeleton() {
  return (
    <div role="status" aria-label={t.common.loading} className="flex flex-col gap-3 p-4">
      <div className="flex items-center gap-3">
        <div className="skeleton size-12 rounded-full" />
        <div className="skeleton h-4 w-1/2" />
      </div>
      <div className="skeleton h-4 w-3/4" />
      <div className="skeleton h-20 w-full" />
      <div className="skeleton h-16 w-full" />
    </div>
  );
}
