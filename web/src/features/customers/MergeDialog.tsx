import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { ArrowLeft, OctagonX } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { type Customer, customerQuery, customersQuery, mergeCustomer } from '@/api/customers';
import { errorCode, errorText } from '@/api/errors';
import { later } from '@/i18n/later';
import { useDebounced } from '@/lib/hooks';
import { formatAddress, parseAddress } from '@/lib/phone';
import { Badge } from '@/ui/Badge';
import { Notice } from '@/ui/Banner';
import { Button } from '@/ui/Button';
import { Actions, Dialog } from '@/ui/Dialog';
import { TextField } from '@/ui/Field';
import { SegmentedControl } from '@/ui/SegmentedControl';
import { Empty, Failure, SkeletonRows } from '@/ui/States';
import { toast } from '@/ui/Toasts';
import { mergeError, nameOf } from './merge-words';

const w = later.merge;
/** Fewer letters than that find half of everybody. */
const LEAST = 2;
const SHOWN = 8;

/** Finds another customer who is the same person, shows both, and makes them one. */
export function MergeDialog({
  customer,
  open,
  onClose,
}: {
  customer: Customer;
  open: boolean;
  onClose: () => void;
}) {
  const [other, setOther] = useState<string | null>(null);
  const close = () => {
    setOther(null);
    onClose();
  };
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && close()}
      title={w.title}
      description={w.hint(nameOf(customer))}
      width="lg"
    >
      {!open ? null : other === null ? (
        <Find of={customer.id} onChoose={setOther} />
      ) : (
        <Both kept={customer} other={other} onBack={() => setOther(null)} onDone={close} />
      )}
    </Dialog>
  );
}

function Find({ of, onChoose }: { of: string; onChoose: (id: string) => void }) {
  const [typed, setTyped] = useState('');
  const late = useDebounced(typed.trim(), 250);
  return (
    <>
      <TextField
        label={w.find}
        type="search"
        value={typed}
        hint={w.find_hint}
        onChange={(event) => setTyped(event.target.value)}
        className="mb-3"
      />
      {late.length >= LEAST ? <Found q={late} of={of} onChoose={onChoose} /> : null}
    </>
  );
}

function Found({ q, of, onChoose }: { q: string; of: string; onChoose: (id: string) => void }) {
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
  const others = query.data.pages.flatMap((page) => page.items).filter((row) => row.id !== of);
  if (others.length === 0) return <Empty title={w.none(q)} />;
  return (
    <ul className="flex flex-col gap-1">
      {others.slice(0, SHOWN).map((row) => {
        const numbers = row.addresses.map(({ address }) => formatAddress(address)).join(', ');
        return (
          <li key={row.id}>
            <button
              type="button"
              aria-label={w.choose(row.name ? `${row.name}, ${numbers}` : numbers)}
              onClick={() => onChoose(row.id)}
              className="w-full rounded-control px-2 py-1.5 text-start hover:bg-sunken max-md:min-h-11"
            >
              <span className="block truncate font-medium">{row.name || numbers}</span>
              {row.name ? <span className="text-label text-muted">{numbers}</span> : null}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function Both({
  kept,
  other: id,
  onBack,
  onDone,
}: {
  kept: Customer;
  other: string;
  onBack: () => void;
  onDone: () => void;
}) {
  const query = useQuery(customerQuery(id));
  if (query.isPending) return <SkeletonRows rows={4} />;
  if (query.isError) {
    return (
      <Failure
        detail={errorText(query.error)}
        code={errorCode(query.error)}
        onRetry={() => void query.refetch()}
      />
    );
  }
  return <Compare kept={kept} other={query.data} onBack={onBack} onDone={onDone} />;
}

type Whose = 'kept' | 'other';

function Compare({
  kept,
  other,
  onBack,
  onDone,
}: {
  kept: Customer;
  other: Customer;
  onBack: () => void;
  onDone: () => void;
}) {
  const [name, setName] = useState<Whose>(kept.name ? 'kept' : 'other');
  const [notes, setNotes] = useState<Whose | 'both'>('both');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const of = (whose: Whose) => (whose === 'kept' ? kept : other);
  const namesDiffer = kept.name !== '' && other.name !== '' && kept.name !== other.name;
  const notesDiffer = kept.notes !== '' && other.notes !== '' && kept.notes !== other.notes;
  const merge = async () => {
    if (busy) return;
    setBusy(true);
    setFailure(null);
    try {
      await mergeCustomer(kept.id, {
        customer_id: other.id,
        ...(namesDiffer ? { name: of(name).name } : {}),
        ...(notesDiffer && notes !== 'both' ? { notes: of(notes).notes } : {}),
      });
      toast(w.done(nameOf(other)));
      onDone();
    } catch (error) {
      setFailure(mergeError(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <div className="grid gap-3 sm:grid-cols-2">
        <Side title={w.kept} customer={kept} />
        <Side title={w.merged} customer={other} />
      </div>
      {namesDiffer ? (
        <Choice label={w.name}>
          <SegmentedControl
            label={w.name}
            value={name}
            options={[
              { value: 'kept', label: kept.name },
              { value: 'other', label: other.name },
            ]}
            onChange={setName}
          />
        </Choice>
      ) : null}
      {notesDiffer ? (
        <Choice label={w.notes}>
          <SegmentedControl
            label={w.notes}
            value={notes}
            options={[
              { value: 'both', label: w.both_notes },
              { value: 'kept', label: w.notes_of(nameOf(kept)) },
              { value: 'other', label: w.notes_of(nameOf(other)) },
            ]}
            onChange={setNotes}
          />
        </Choice>
      ) : null}
      <h3 className="mt-4 font-semibold text-label text-muted">{w.what}</h3>
      <ul className="mt-1 list-disc ps-5">
        {[w.moves, w.threads, w.opt_outs, w.undo].map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      {failure ? (
        <Notice tone="bad" className="mt-3">
          {failure}
        </Notice>
      ) : null}
      <Actions>
        <Button icon={ArrowLeft} tone="quiet" onClick={onBack}>
          {w.back}
        </Button>
        <Button tone="primary" busy={busy} onClick={() => void merge()}>
          {w.do}
        </Button>
      </Actions>
    </>
  );
}

/** One of the two, with what tells whether they are the same person. */
function Side({ title, customer }: { title: string; customer: Customer }) {
  return (
    <section aria-label={title} className="min-w-0 rounded-card border border-line p-3">
      <h3 className="font-semibold text-label text-muted">{title}</h3>
      <p className="break-words font-medium">{customer.name || w.no_name}</p>
      <ul aria-label={w.numbers} className="mt-1 flex flex-col gap-1">
        {customer.addresses.map(({ address, opted_out }) => (
          <li key={address} className="flex flex-wrap items-center gap-2">
            {formatAddress(address)}
            {opted_out ? (
              <Badge tone="bad" icon={OctagonX}>
                {w.opted_out}
              </Badge>
            ) : null}
          </li>
        ))}
      </ul>
      <p className="mt-1 text-muted">
        {customer.orders.length > 0
          ? customer.orders.map(({ number }) => number).join(', ')
          : w.no_orders}
      </p>
      <p className="mt-1 whitespace-pre-wrap break-words text-muted">
        {customer.notes || w.no_notes}
      </p>
    </section>
  );
}

function Choice({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="mt-3 flex flex-wrap items-center gap-2">
      <span aria-hidden className="text-label text-muted">
        {label}
      </span>
      {children}
    </div>
  );
}
