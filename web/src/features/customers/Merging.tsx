import { useState } from 'react';
import { type Customer, type CustomerMerge, unmergeCustomer } from '@/api/customers';
import { later } from '@/i18n/later';
import { formatAddress } from '@/lib/phone';
import { dateOf } from '@/lib/time';
import { Button } from '@/ui/Button';
import { Actions, Dialog } from '@/ui/Dialog';
import { toast } from '@/ui/Toasts';
import { Block } from './Block';
import { MergeDialog } from './MergeDialog';
import { mergeError } from './merge-words';

const w = later.merge;

/** With whom a customer was merged, the way back, and the dialog that merges them with another. */
export function Merging({
  customer,
  open,
  mayWrite,
  onClose,
}: {
  customer: Customer;
  /** Whether it is asked with whom. */
  open: boolean;
  mayWrite: boolean;
  onClose: () => void;
}) {
  const [undoing, setUndoing] = useState<CustomerMerge | null>(null);
  const into = customer.merged_into;
  return (
    <>
      {customer.merges.length > 0 ? (
        <Block title={w.block}>
          <ul className="flex flex-col gap-1.5">
            {customer.merges.map((merge) => (
              <Line
                key={merge.id}
                merge={merge}
                of={customer.id}
                onUndo={mayWrite && !into ? () => setUndoing(merge) : undefined}
              />
            ))}
          </ul>
          {into ? (
            <a href={`/customers/${into}`} className="mt-1.5 inline-block underline">
              {w.into_open}
            </a>
          ) : null}
        </Block>
      ) : null}
      <MergeDialog customer={customer} open={open} onClose={onClose} />
      <UndoDialog merge={undoing} onClose={() => setUndoing(null)} />
    </>
  );
}

/** What the other of a merge is called, seen from one of the two. */
function otherName(merge: CustomerMerge, of: string): string {
  if (merge.other_id === of) return merge.name || w.no_name;
  return merge.other_name || merge.addresses.map(formatAddress).join(', ') || w.no_name;
}

function Line({
  merge,
  of,
  onUndo,
}: {
  merge: CustomerMerge;
  of: string;
  onUndo: (() => void) | undefined;
}) {
  const name = otherName(merge, of);
  if (merge.unmerged_at !== null) {
    return (
      <li className="text-label text-muted">
        {w.was_merged_with(name, dateOf(merge.unmerged_at))}
        {merge.marketing_refused > 0 ? (
          <span className="block text-warn">{w.refused(merge.marketing_refused)}</span>
        ) : null}
      </li>
    );
  }
  if (merge.other_id === of) return <li>{w.into(name)}</li>;
  return (
    <li className="flex flex-wrap items-center gap-2">
      <span className="min-w-0 flex-1 break-words">
        {w.merged_with(name, dateOf(merge.merged_at))}
      </span>
      {onUndo ? (
        <Button size="sm" tone="quiet" aria-label={w.undo_of(name)} onClick={onUndo}>
          {w.undo_short}
        </Button>
      ) : null}
    </li>
  );
}

function UndoDialog({ merge, onClose }: { merge: CustomerMerge | null; onClose: () => void }) {
  const [busy, setBusy] = useState(false);
  const name = merge ? otherName(merge, merge.customer_id) : '';
  const undo = async () => {
    if (!merge || busy) return;
    setBusy(true);
    try {
      await unmergeCustomer(merge);
      toast(w.undone(name));
      onClose();
    } catch (error) {
      toast(mergeError(error), { tone: 'bad' });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open={merge !== null}
      onOpenChange={(next) => !next && onClose()}
      title={w.undo_title(name)}
      description={w.undo_hint}
      width="sm"
    >
      <Actions>
        <Button tone="quiet" onClick={onClose}>
          {w.cancel}
        </Button>
        <Button tone="primary" busy={busy} onClick={() => void undo()}>
          {w.undo_do}
        </Button>
      </Actions>
    </Dialog>
  );
}
