import { ArrowUp } from 'lucide-react';
import { useState } from 'react';
import type { Schemas } from '@/api/client';
import { useForm } from '@/api/form';
import { changeWorkspace } from '@/api/settings';
import { later } from '@/i18n/later';
import { t } from '@/i18n/t';
import { Notice } from '@/ui/Banner';
import { Button } from '@/ui/Button';
import { Checkbox } from '@/ui/Checkbox';
import { Actions } from '@/ui/Dialog';
import { TextField } from '@/ui/Field';
import { IconButton } from '@/ui/IconButton';
import { Section } from '@/ui/Page';
import { toast } from '@/ui/Toasts';
import { capOf, raised } from './sending-policy';

const w = later.sending_policy;
const SPANS = ['day', 'week', 'month'] as const;

/** How often a customer is sold to, whose text goes first, and when marketing waits out of courtesy. */
export function SendingPolicy({
  initial,
  mayChange,
}: {
  initial: Schemas['SendingPolicy'];
  mayChange: boolean;
}) {
  const [dirty, setDirty] = useState(false);
  const [order, setOrder] = useState(initial.priority);
  const form = useForm(async (value) => {
    await changeWorkspace({
      sending_policy: {
        caps: {
          day: capOf(value('caps.day')),
          week: capOf(value('caps.week')),
          month: capOf(value('caps.month')),
        },
        priority: order,
        courtesy: {
          open_conversations: value('open_conversations') === 'on',
          complaints: value('complaints') === 'on',
        },
      },
    });
    setDirty(false);
    toast(t.common.saved);
  });
  return (
    <Section title={w.title} hint={w.intro}>
      <form aria-label={w.title} onSubmit={form.onSubmit} onChange={() => setDirty(true)}>
        <fieldset disabled={!mayChange} className="flex flex-col gap-4">
          <div className="grid gap-4 md:grid-cols-3">
            {SPANS.map((span) => (
              <TextField
                key={span}
                label={w.caps[span]}
                name={`caps.${span}`}
                type="number"
                inputMode="numeric"
                min={1}
                max={1000}
                placeholder={w.no_cap}
                defaultValue={initial.caps[span] ?? ''}
                error={form.field(`sending_policy.caps.${span}`)}
              />
            ))}
          </div>
          <p className="text-faint text-label">{w.caps_hint}</p>
          <Checkbox
            label={w.open_conversations}
            name="open_conversations"
            defaultChecked={initial.courtesy.open_conversations}
          />
          <Checkbox
            label={w.complaints}
            name="complaints"
            defaultChecked={initial.courtesy.complaints}
          />
          <div className="flex flex-col gap-1">
            <h3 className="font-medium text-label text-muted" id="sells-first">
              {w.priority}
            </h3>
            <ol aria-labelledby="sells-first" className="flex max-w-md flex-col">
              {order.map((seller, at) => (
                <li
                  key={seller}
                  className="flex min-h-11 items-center gap-2 border-line border-b py-1 last:border-b-0"
                >
                  <span className="w-4 text-faint text-label tabular-nums">{at + 1}</span>
                  <span className="min-w-0 flex-1">{w.sellers[seller]}</span>
                  <IconButton
                    icon={ArrowUp}
                    label={w.raise(w.sellers[seller])}
                    disabled={!mayChange || at === 0}
                    onClick={() => {
                      setOrder(raised(order, at));
                      setDirty(true);
                    }}
                  />
                </li>
              ))}
            </ol>
            <p className="text-faint text-label">{w.priority_hint}</p>
          </div>
        </fieldset>
        {form.error ? (
          <Notice tone="bad" className="mt-4">
            {form.error}
          </Notice>
        ) : null}
        {mayChange ? (
          <Actions>
            {dirty ? <span className="text-label text-warn">{t.settings.unsaved}</span> : null}
            <Button type="submit" tone="primary" busy={form.busy} disabled={!dirty}>
              {t.common.save}
            </Button>
          </Actions>
        ) : null}
      </form>
    </Section>
  );
}
