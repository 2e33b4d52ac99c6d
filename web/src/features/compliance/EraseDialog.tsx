import { useState } from 'react';
import type { Customer } from '@/api/customers';
import { useForm } from '@/api/form';
import { eraseCustomer } from '@/api/privacy';
import { later } from '@/i18n/later';
import { formatAddress, parseAddress } from '@/lib/phone';
import { Dialog } from '@/ui/Dialog';
import { TextField } from '@/ui/Field';
import { FormEnd } from '@/ui/FormEnd';
import { toast } from '@/ui/Toasts';

const w = later.privacy.erasure;

/** Asks for the customer's name before they are erased: a slip of the mouse must not be enough. */
export function EraseDialog({
  customer,
  onClose,
  onErased,
}: {
  /** Null while the dialog is shut. */
  customer: Customer | null;
  onClose: () => void;
  onErased: () => void;
}) {
  return (
    <Dialog
      open={customer !== null}
      onOpenChange={(open) => !open && onClose()}
      title={customer ? w.erase_title(wordsOf(customer)) : ''}
      description={w.erase_detail}
      width="sm"
    >
      {customer ? <EraseForm customer={customer} onClose={onClose} onErased={onErased} /> : null}
    </Dialog>
  );
}

function EraseForm({
  customer,
  onClose,
  onErased,
}: {
  customer: Customer;
  onClose: () => void;
  onErased: () => void;
}) {
  const [wrong, setWrong] = useState(false);
  const words = wordsOf(customer);
  const form = useForm(async (value) => {
    const typed = value('confirm');
    setWrong(!isMeant(typed, customer));
    if (!isMeant(typed, customer)) return;
    await eraseCustomer(customer.id);
    toast(w.begun);
    onClose();
    onErased();
  });
  return (
    <form onSubmit={form.onSubmit} className="flex flex-col gap-3">
      <TextField
        label={w.confirm(words)}
        name="confirm"
        autoFocus
        autoComplete="off"
        spellCheck={false}
        error={wrong ? w.confirm_wrong(words) : undefined}
      />
      <FormEnd form={form} deed={w.action} tone="danger" onCancel={onClose} />
    </form>
  );
}

/** What is typed to confirm: the name, or the number where there is none. */
function wordsOf(customer: Customer): string {
  return customer.name || formatAddress(customer.addresses[0]?.address ?? '') || customer.id;
}

/** Whether the words typed mean this customer: their name in any case, or one of their numbers. */
export function isMeant(
  typed: string,
  customer: Pick<Customer, 'id' | 'name' | 'addresses'>,
): boolean {
  const plain = (text: string) => text.trim().replaceAll(/\s+/g, ' ').toLowerCase();
  const said = plain(typed);
  if (said === '') return false;
  const number = parseAddress(typed);
  return (
    said === plain(customer.name) ||
    customer.addresses.some(({ address }) => address === number) ||
    (customer.name === '' && customer.addresses.length === 0 && said === customer.id)
  );
}
