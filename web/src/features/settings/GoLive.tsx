import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useForm } from '@/api/form';
import { type Inbox, onboardingQuery, setInboxLive } from '@/api/settings';
import { t } from '@/i18n/t';
import { formatAddress } from '@/lib/phone';
import { Loaded } from '@/lib/QueryStates';
import { Button } from '@/ui/Button';
import { Checkbox } from '@/ui/Checkbox';
import { FormEnd } from '@/ui/FormEnd';
import { DialogOf } from './ListPage';

const w = t.settings.inboxes;

/** Declares an inbox live, once somebody has said who opted out in the former tool. */
export function GoLive({
  inbox,
  onClose,
  onBring,
}: {
  inbox: Inbox | null;
  onClose: () => void;
  /** Leads to where opt-outs are imported. */
  onBring: () => void;
}) {
  return (
    <DialogOf
      item={inbox}
      title={(item) => w.go_live_title(formatAddress(item?.name ?? ''))}
      description={w.go_live_detail}
      onClose={onClose}
    >
      {(item) => <Asked inbox={item} onDone={onClose} onBring={onBring} />}
    </DialogOf>
  );
}

interface Props {
  inbox: Inbox;
  onDone: () => void;
  onBring: () => void;
}

function Asked(props: Props) {
  // What was imported meanwhile, in another window too, counts.
  const query = useQuery({ ...onboardingQuery, staleTime: 0 });
  return (
    <Loaded query={query}>
      {({ steps }) => (
        <Form {...props} asks={steps.some((step) => step.key === 'opt_outs' && !step.done)} />
      )}
    </Loaded>
  );
}

function Form({ inbox, onDone, onBring, asks }: Props & { asks: boolean }) {
  const [none, setNone] = useState(false);
  const form = useForm(async () => {
    await setInboxLive(inbox.id, true, asks && none);
    onDone();
  });
  return (
    <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
      {asks ? (
        <fieldset className="flex flex-col gap-3">
          <legend className="font-medium">{w.opt_outs_ask}</legend>
          <p className="text-muted">{w.opt_outs_why}</p>
          <div>
            <Button onClick={onBring}>{w.opt_outs_bring}</Button>
          </div>
          <Checkbox
            label={w.opt_outs_none}
            required
            checked={none}
            onChange={(event) => setNone(event.target.checked)}
          />
        </fieldset>
      ) : null}
      <FormEnd form={form} deed={w.go_live} onCancel={onDone} />
    </form>
  );
}
