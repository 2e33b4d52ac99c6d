import { Pencil } from 'lucide-react';
import { useState } from 'react';
import type { Customer, Place, PlaceKind, Whereabouts } from '@/api/customers';
import { t } from '@/i18n/t';
import { useNow } from '@/lib/hooks';
import { useLoaded } from '@/lib/loaded';
import { formatAddress } from '@/lib/phone';
import { dateOf, placeOf, timeInZone } from '@/lib/time';
import { IconButton } from '@/ui/IconButton';
import { Block } from './Block';

// A dialog's machinery is not part of the first load.
const loadDialog = () => import('./PlaceDialog').then((module) => module.PlaceDialog);
const dialog: { part: Awaited<ReturnType<typeof loadDialog>> | null } = { part: null };

const w = t.customer.places;
const KINDS: readonly PlaceKind[] = ['shipping', 'billing', 'declared'];

/** What the clock shows now wherever they may be. */
export function Clocks({ of }: { of: Whereabouts | undefined }) {
  const now = useNow();
  return (
    <span className="w-full text-faint text-label">
      {of && of.zones.length > 0
        ? of.zones
            .map((zone) => t.customer.local_time(timeInZone(now, zone), placeOf(zone)))
            .join(' · ')
        : t.customer.zone_unknown}
    </span>
  );
}

/** Where the customer is, as far as anybody knows: what the gate reads beside the number. */
export function Places({ customer }: { customer: Customer }) {
  const [editing, setEditing] = useState<PlaceKind | null>(null);
  const PlaceDialog = useLoaded(dialog, loadDialog, editing !== null);
  const placeFor = (kind: PlaceKind) => customer.places.find((place) => place.kind === kind);
  return (
    <Block title={w.title}>
      <dl className="flex flex-col gap-1">
        {KINDS.map((kind) => (
          <PlaceRow key={kind} kind={kind} place={placeFor(kind)} onEdit={() => setEditing(kind)} />
        ))}
      </dl>
      {customer.whereabouts.map((at) => (
        <p key={at.address} className="mt-1.5 text-label text-muted">
          {customer.whereabouts.length > 1 ? `${formatAddress(at.address)}: ` : ''}
          {w.told_by(at.told_by)}
          {at.unread.length > 0 ? ` ${w.unread(at.unread)}` : ''}
        </p>
      ))}
      {PlaceDialog ? (
        <PlaceDialog
          customer={customer.id}
          kind={editing}
          place={editing ? placeFor(editing) : undefined}
          onClose={() => setEditing(null)}
        />
      ) : null}
    </Block>
  );
}

function PlaceRow({
  kind,
  place,
  onEdit,
}: {
  kind: PlaceKind;
  place: Place | undefined;
  onEdit: () => void;
}) {
  return (
    <div className="flex items-center gap-2">
      <dt className="w-20 shrink-0 text-muted">{w.kinds[kind]}</dt>
      <dd className="flex min-w-0 flex-1 items-center gap-2">
        <span className="min-w-0 flex-1">
          {place ? (
            <>
              <span className="break-words">{wordsOf(place)}</span>
              <span className="block text-faint text-label">
                {w.known(w.sources[place.source], dateOf(place.known_at))}
              </span>
            </>
          ) : (
            <span className="text-faint">{w.none}</span>
          )}
        </span>
        <IconButton icon={Pencil} label={w.edit(w.kinds[kind])} onClick={onEdit} />
      </dd>
    </div>
  );
}

/** A place on one line: CA 90012, US. */
function wordsOf({ region, postal_code, country, time_zone }: Place): string {
  const area = [region, postal_code].filter(Boolean).join(' ');
  return [area, country, time_zone && placeOf(time_zone)].filter(Boolean).join(', ');
}
