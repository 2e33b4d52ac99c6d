import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '@/api/client';
import { useForm } from '@/api/form';
import { changeWorkspace, workspaceQuery } from '@/api/settings';
import { t } from '@/i18n/t';
import { Loaded } from '@/lib/QueryStates';
import { timeZones } from '@/lib/time';
import { Notice } from '@/ui/Banner';
import { Button } from '@/ui/Button';
import { Checkbox } from '@/ui/Checkbox';
import { Actions } from '@/ui/Dialog';
import { SelectField, TextAreaField, TextField } from '@/ui/Field';
import { Page, Section } from '@/ui/Page';
import { toast } from '@/ui/Toasts';
import { Answers, changedAnswers, LANGUAGES } from './Answers';
import { SendingPolicy } from './SendingPolicy';

const w = t.settings.workspace;
const POLICIES = ['order_texts', 'every_text', 'never'] as const satisfies Schemas['Reclassify'][];

export function Workspace({ mayChange }: { mayChange: boolean }) {
  const workspace = useQuery(workspaceQuery);
  return (
    <Page title={t.settings.pages.workspace} intro={w.intro}>
      <Loaded query={workspace}>
        {(data) => (
          <>
            <WorkspaceForm initial={data} mayChange={mayChange} />
            <SendingPolicy initial={data.sending_policy} mayChange={mayChange} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function WorkspaceForm({
  initial,
  mayChange,
}: {
  initial: Schemas['Workspace'];
  mayChange: boolean;
}) {
  const [dirty, setDirty] = useState(false);
  const form = useForm(async (value) => {
    await changeWorkspace({
      name: value('name').trim(),
      brand: value('brand').trim(),
      time_zone: value('time_zone'),
      help_text: value('help_text').trim(),
      reclassify: POLICIES.find((policy) => policy === value('reclassify')),
      age_gated: value('age_gated') === 'on',
      language: LANGUAGES.find((language) => language === value('language')),
      clarify_hours: Number(value('clarify_hours')),
      answers: changedAnswers(initial.answers, value),
    });
    setDirty(false);
    toast(t.common.saved);
  });
  return (
    <Section>
      <form onSubmit={form.onSubmit} onChange={() => setDirty(true)}>
        <fieldset disabled={!mayChange} className="flex flex-col gap-4">
          <div className="grid gap-4 md:grid-cols-2">
            <TextField
              label={w.name}
              name="name"
              required
              defaultValue={initial.name}
              error={form.field('name')}
            />
            <TextField
              label={w.brand}
              name="brand"
              required
              defaultValue={initial.brand}
              hint={w.brand_hint}
              error={form.field('brand')}
            />
          </div>
          <SelectField
            label={w.time_zone}
            name="time_zone"
            defaultValue={initial.time_zone}
            error={form.field('time_zone')}
          >
            {timeZones(initial.time_zone).map((zone) => (
              <option key={zone} value={zone}>
                {zone.replaceAll('_', ' ')}
              </option>
            ))}
          </SelectField>
          <TextAreaField
            label={w.help_text}
            name="help_text"
            defaultValue={initial.help_text}
            hint={w.help_hint}
            error={form.field('help_text')}
          />
          <Answers initial={initial} fault={form.field} />
          <SelectField
            label={w.reclassify}
            name="reclassify"
            defaultValue={initial.reclassify}
            hint={w.reclassify_hint}
            error={form.field('reclassify')}
          >
            {POLICIES.map((policy) => (
              <option key={policy} value={policy}>
                {w.policies[policy]}
              </option>
            ))}
          </SelectField>
          <Checkbox label={w.age_gated} name="age_gated" defaultChecked={initial.age_gated} />
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
