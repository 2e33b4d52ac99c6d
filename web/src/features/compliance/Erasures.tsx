import { useInfiniteQuery } from '@tanstack/react-query';
import { UserX } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { customersQuery } from '@/api/customers';
import { errorCode, errorText } from '@/api/errors';
import { type Erasure, erasuresQuery } from '@/api/privacy';
import { later } from '@/i18n/later';
import { t } from '@/i18n/t';
import { useDebounced, useNow } from '@/lib/hooks';
import { formatAddress, parseAddress } from '@/lib/phone';
import { dayMark, timeOfDay } from '@/lib/time';
import { Badge } from '@/ui/Badge';
import { Notice } from '@/ui/Banner';
import { Button } from '@/ui/Button';
import { TextField } from '@/ui/Field';
import { Meter } from '@/ui/Meter';
import { Page, Row, Rows, Section } from '@/ui/Page';
import { Empty, Failure, SkeletonRows } from '@/ui/States';
import { ErasureOf } from './ErasureOf';
import { PagedList } from './PagedList';
import { At } from './parts';

const w = later.privacy.erasure;
/** Fewer letters than that find half of everybody. */
const LEAST = 2;
const SHOWN = 8;

interface Change {
  customer?: string;
  q?: string;
}

/** What the law lets a customer ask for: everything about them, and to be taken out. */
export function Erasures({
  customer,
  q,
  onChange,
  may,
}: {
  customer: string | undefined;
  q: string;
  onChange: (next: Change) => void;
  may: boolean;
}) {
  return (
    <Page title={t.compliance.pages.erasure} intro={w.intro}>
      {may ? (
        <Both customer={customer} q={q} onChange={onChange} />
      ) : (
        <Notice>{t.compliance.forbidden}</Notice>
      )}
    </Page>
  );
}

function Both({
  customer,
  q,
  onChange,
}: {
  customer: string | undefined;
  q: string;
  onChange: (next: Change) => void;
}) {
  const query = useInfiniteQuery(erasuresQuery);
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  const now = useNow();
  const list = useRef<HTMLHeadingElement>(null);
  const erased = () => {
    onChange({});
    // The button that asked is gone, and what was asked for is in the list now.
    list.current?.focus();
  };
  return (
    <>
      {customer ? (
        <ErasureOf
          key={customer}
          id={customer}
          underWay={rows.some((row) => row.customer_id === customer && row.state !== 'done')}
          onBack={() => onChange(q ? { q } : {})}
          onErased={erased}
        />
      ) : (
        <Find q={q} onChange={onChange} />
      )}
      <h2 ref={list} tabIndex={-1} className="mt-6 mb-2 font-semibold text-title">
        {w.list}
      </h2>
      <PagedList
        query={query}
        empty={{ icon: UserX, title: w.empty, detail: w.empty_detail }}
        row={(row) => <ErasureRow key={row.id} row={row} now={now} />}
      />
    </>
  );
}

function Find({ q, onChange }: { q: string; onChange: (next: Change) => void }) {
  const [typed, setTyped] = useState(q);
  const late = useDebounced(typed.trim(), 250);
  useEffect(() => {
    if (late !== q) onChange(late ? { q: late } : {});
  }, [late, q, onChange]);
  return (
    <>
      <TextField
        label={w.find}
        type="search"
        value={typed}
        hint={w.find_hint}
        onChange={(event) => setTyped(event.target.value)}
        className="mb-4"
      />
      {late.length >= LEAST ? (
        <Found q={late} onCustomer={(customer) => onChange({ customer, q: late })} />
      ) : null}
    </>
  );
}

function Found({ q, onCustomer }: { q: string; onCustomer: (id: string) => void }) {
  // A number is asked for as the server keeps it, however it was typed.
  const query = useInfiniteQuery(customersQuery(parseAddress(q) ?? q));
  if (query.isPending) return <SkeletonRows rows={2} />;
  if (query.isError) {
    return (
      <Failure
        detail={errorText(query.error)}
        code={errorCode(query.error)}
        onRetry={() => void query.refetch()}
      />
    );
  }
  const found = query.data.pages.flatMap((page) => page.items).slice(0, SHOWN);
  if (found.length === 0) return <Empty title={w.none(q)}>{w.none_detail}</Empty>;
  return (
    <Section flush>
      <Rows>
        {found.map((row) => {
          const numbers = row.addresses.map(({ address }) => formatAddress(address)).join(', ');
          const name = row.name || numbers;
          return (
            <Row key={row.id}>
              <div className="min-w-0 flex-1">
                <p className="truncate font-medium">{name}</p>
                {row.name ? <p className="text-label text-muted">{numbers}</p> : null}
              </div>
              <Button size="sm" aria-label={w.choose(name)} onClick={() => onCustomer(row.id)}>
                {w.choose_short}
              </Button>
            </Row>
          );
        })}
      </Rows>
    </Section>
  );
}

const TONES = { waiting: 'info', erasing: 'info', done: 'ok' } as const;

/** One erasure: how much went and who asked. Nothing in it says whom it was about. */
function ErasureRow({ row, now }: { row: Erasure; now: number }) {
  const who = row.actor_name ?? t.compliance.actors[row.actor_kind] ?? row.actor_kind;
  const counts = [
    w.counts.conversations(row.counts.conversations),
    w.counts.texts(row.counts.texts),
    ...(row.counts.media > 0 ? [w.counts.media(row.counts.media)] : []),
    ...(row.counts.orders > 0 ? [w.counts.orders(row.counts.orders)] : []),
  ].join(', ');
  return (
    <li className="px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <At ms={row.created_at} className="w-32 text-label text-muted max-md:w-full">
          {dayMark(row.created_at, now)} {timeOfDay(row.created_at)}
        </At>
        <div className="min-w-[180px] flex-1">
          <p className="font-medium">{counts}</p>
          <p className="text-label text-muted">{w.by(who)}</p>
        </div>
        <Badge tone={TONES[row.state]}>{w.states[row.state]}</Badge>
      </div>
      {row.state === 'done' ? null : (
        <div className="mt-2">
          <Meter label={w.progress} done={row.done} total={row.total} />
        </div>
      )}
      <p className="mt-1 break-all font-mono text-faint text-meta">{row.customer_id}</p>
    </li>
  );
}
