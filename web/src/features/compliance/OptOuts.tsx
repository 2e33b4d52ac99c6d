import { useInfiniteQuery } from '@tanstack/react-query';
import { OctagonX } from 'lucide-react';
import { useState } from 'react';
import { type OptOut, optOutsQuery } from '@/api/consents';
import { t } from '@/i18n/t';
import { useNow } from '@/lib/hooks';
import { formatAddress } from '@/lib/phone';
import { age } from '@/lib/time';
import { Avatar } from '@/ui/Avatar';
import { Badge } from '@/ui/Badge';
import { Button } from '@/ui/Button';
import { Page } from '@/ui/Page';
import { OptOutDialog } from './OptOutDialog';
import { PagedList } from './PagedList';
import { At } from './parts';

const w = t.compliance.opt_outs;

/** Who must not be texted, since when, and what that was read from. */
export function OptOuts({
  mayAdd,
  onCustomer,
  onThread,
}: {
  mayAdd: boolean;
  onCustomer: (id: string) => void;
  onThread: (conversation: string, message: string) => void;
}) {
  const query = useInfiniteQuery(optOutsQuery);
  const [adding, setAdding] = useState(false);
  const now = useNow();
  return (
    <Page
      title={t.compliance.pages['opt-outs']}
      intro={w.intro}
      actions={
        mayAdd ? (
          <Button icon={OctagonX} onClick={() => setAdding(true)}>
            {w.add}
          </Button>
        ) : null
      }
    >
      <PagedList
        query={query}
        empty={{ icon: OctagonX, title: w.empty, detail: w.empty_detail }}
        row={(row) => (
          <OptOutRow
            key={`${row.address} ${row.scope}`}
            row={row}
            now={now}
            onCustomer={onCustomer}
            onThread={onThread}
          />
        )}
      />
      <OptOutDialog number={adding ? '' : null} onClose={() => setAdding(false)} />
    </Page>
  );
}

function OptOutRow({
  row,
  now,
  onCustomer,
  onThread,
}: {
  row: OptOut;
  now: number;
  onCustomer: (id: string) => void;
  onThread: (conversation: string, message: string) => void;
}) {
  const number = formatAddress(row.address);
  const name = row.customer_name || number;
  const { customer_id: customer, heard } = row;
  const conversation = heard?.conversation_id;
  const message = heard?.message_id;
  return (
    <li className="flex items-start gap-3 px-4 py-3">
      <Avatar name={name} />
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <div className="min-w-[160px] flex-1">
            <p className="truncate font-medium">{name}</p>
            <p className="text-label text-muted">
              {row.customer_name ? `${number} · ` : ''}
              {w.source(row.source)}
              {heard?.actor_kind === 'member' && heard.actor_name
                ? `, ${w.noted(heard.actor_name)}`
                : ''}
            </p>
          </div>
          {row.scope === 'all' ? null : <Badge tone="warn">{w.scope(row.scope)}</Badge>}
          <At ms={row.since} className="text-faint text-label">
            {age(row.since, now)}
          </At>
        </div>
        <div className="mt-1 flex flex-wrap items-end justify-between gap-x-4 gap-y-2">
          {heard?.words ? (
            <p className="min-w-[180px] flex-1 break-words">
              <q className="text-text">{heard.words}</q>{' '}
              {heard.matched_by ? (
                <span className="text-label text-muted">
                  {t.compliance.read_as(heard.matched_by)}
                </span>
              ) : null}
            </p>
          ) : (
            <span className="flex-1" />
          )}
          <div className="flex gap-1">
            {conversation && message ? (
              <Button
                size="sm"
                tone="quiet"
                aria-label={t.compliance.open_thread_of(name)}
                onClick={() => onThread(conversation, message)}
              >
                {t.compliance.open_thread}
              </Button>
            ) : null}
            {customer ? (
              <Button size="sm" aria-label={w.look(name)} onClick={() => onCustomer(customer)}>
                {w.look_short}
              </Button>
            ) : null}
          </div>
        </div>
      </div>
    </li>
  );
}
