import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { errorText } from '@/api/errors';
import { useForm } from '@/api/form';
import { demoQuery, removeDemo, startDemo } from '@/api/settings';
import { t } from '@/i18n/t';
import { Loaded } from '@/lib/QueryStates';
import { Notice } from '@/ui/Banner';
import { Button } from '@/ui/Button';
import { Confirm } from '@/ui/Confirm';
import { Actions } from '@/ui/Dialog';
import { TextField } from '@/ui/Field';
import { Meter } from '@/ui/Meter';
import { Page, Section } from '@/ui/Page';
import { toast } from '@/ui/Toasts';

const w = t.settings.demo;
const COUNT = 2000;

export function DemoData({ mayChange }: { mayChange: boolean }) {
  const demo = useQuery(demoQuery);
  const [removing, setRemoving] = useState(false);
  const form = useForm(async (value) => {
    await startDemo(Number(value('conversations')) || COUNT);
  });
  return (
    <Page title={t.settings.pages.demo} intro={w.intro}>
      <Loaded query={demo}>
        {(data) => (
          <Section>
            {data.state === 'filling' || data.state === 'removing' ? (
              <Meter
                label={data.state === 'filling' ? w.running : w.removing}
                done={data.done}
                total={data.total}
              />
            ) : null}
            {data.state === 'ready' ? (
              <>
                <p>{w.ready(data.done)}</p>
                {mayChange ? (
                  <Actions>
                    <Button tone="danger-quiet" onClick={() => setRemoving(true)}>
                      {w.remove}
                    </Button>
                  </Actions>
                ) : null}
              </>
            ) : null}
            {data.state === 'failed' ? <Notice tone="bad">{t.errors.unexpected}</Notice> : null}
            {data.state === 'none' || data.state === 'failed' ? (
              <form onSubmit={form.onSubmit}>
                <p className="mb-3 text-muted">{w.none}</p>
                <fieldset disabled={!mayChange} className="flex flex-wrap items-end gap-3">
                  <TextField
                    label={w.count}
                    name="conversations"
                    type="number"
                    min={10}
                    max={100_000}
                    defaultValue={COUNT}
                    error={form.field('conversations')}
                  />
                  <Button type="submit" tone="primary" className="h-9 max-md:h-11" busy={form.busy}>
                    {w.start}
                  </Button>
                </fieldset>
                {form.error ? (
                  <Notice tone="bad" className="mt-4">
                    {form.error}
                  </Notice>
                ) : null}
              </form>
            ) : null}
          </Section>
        )}
      </Loaded>
      <Confirm
        open={removing}
        onOpenChange={setRemoving}
        title={w.remove_title}
        action={w.remove}
        danger
        onConfirm={() => {
          setRemoving(false);
          removeDemo().catch((error: unknown) => toast(errorText(error), { tone: 'bad' }));
        }}
      >
        {w.remove_detail}
      </Confirm>
    </Page>
  );
}
