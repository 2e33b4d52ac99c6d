import { useState } from 'react';
import { forgetPlace, type Place, type PlaceKind, setPlace } from '@/api/customers';
import { errorText } from '@/api/errors';
import { useForm } from '@/api/form';
import { t } from '@/i18n/t';
import { timeZones } from '@/lib/time';
import { Button } from '@/ui/Button';
import { Checkbox } from '@/ui/Checkbox';
import { Dialog } from '@/ui/Dialog';
import { SelectField, TextField } from '@/ui/Field';
import { FormEnd } from '@/ui/FormEnd';
import { toast } from '@/ui/Toasts';

const w = t.customer.places;

/** Says where a customer is, or forgets it. */
export function PlaceDialog({
  customer,
  kind,
  place,
  onClose,
}: {
  customer: string;
  /** Which place; null while the dialog is shut. */
  kind: PlaceKind | null;
  place: Place | undefined;
  onClose: () => void;
}) {
  return (
    <Dialog
      open={kind !== null}
      onOpenChange={(open) => !open && onClose()}
      title={kind ? w.edit(w.kinds[kind]) : ''}
      description={kind === 'declared' ? w.declared_hint : w.hint}
      width="sm"
    >
      {kind === null ? null : (
        <PlaceForm customer={customer} kind={kind} place={place} onClose={onClose} />
      )}
    </Dialog>
  );
}

function PlaceForm({
  customer,
  kind,
  place,
  onClose,
}: {
  customer: string;
  kind: PlaceKind;
  place: Place | undefined;
  onClose: () => void;
}) {
  const declared = kind === 'declared';
  const form = useForm(async (value) => {
    const said = value('said') !== '';
    await setPlace(customer, kind, {
      country: value('country').trim(),
      region: value('region').trim(),
      postal_code: value('postal_code').trim(),
      time_zone: value('time_zone'),
      ...(said ? { source: 'customer' as const } : {}),
    });
    onClose();
  });
  const [forgetting, setForgetting] = useState(false);
  const forget = async () => {
    setForgetting(true);
    try {
      await forgetPlace(customer, kind);
      onClose();
    } catch (error) {
      toast(errorText(error), { tone: 'bad' });
    } finally {
      setForgetting(false);
    }
  };
  return (
    <form onSubmit={form.onSubmit} className="flex flex-col gap-3">
      {declared ? (
        <SelectField
          label={w.time_zone}
          name="time_zone"
          defaultValue={place?.time_zone ?? ''}
          error={form.field('time_zone')}
        >
          {timeZones('').map((zone) => (
            <option key={zone} value={zone}>
              {zone.replaceAll('_', ' ') || w.none}
            </option>
          ))}
        </SelectField>
      ) : null}
      <div className="grid grid-cols-3 gap-3">
        <TextField
          label={w.country}
          name="country"
          maxLength={2}
          placeholder="US"
          defaultValue={place?.country ?? (declared ? '' : 'US')}
          autoComplete="off"
          error={form.field('country')}
        />
        <TextField
          label={w.region}
          name="region"
          maxLength={100}
          defaultValue={place?.region ?? ''}
          autoComplete="off"
          error={form.field('region')}
        />
        <TextField
          label={w.postal_code}
          name="postal_code"
          maxLength={20}
          defaultValue={place?.postal_code ?? ''}
          autoComplete="off"
          error={form.field('postal_code')}
        />
      </div>
      <Checkbox name="said" label={w.said} defaultChecked={place?.source === 'customer'} />
      {place ? (
        <Button size="sm" className="self-start" busy={forgetting} onClick={() => void forget()}>
          {w.forget}
        </Button>
      ) : null}
      <FormEnd form={form} deed={t.common.save} onCancel={onClose} />
    </form>
  );
}
