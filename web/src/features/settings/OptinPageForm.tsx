import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useForm } from '@/api/form';
import { disclosuresQuery, type OptinPage, saveOptinPage } from '@/api/optin';
import { inboxesQuery } from '@/api/settings';
import { t } from '@/i18n/t';
import { Checkbox } from '@/ui/Checkbox';
import { SelectField, TextAreaField, TextField } from '@/ui/Field';
import { FormEnd } from '@/ui/FormEnd';
import { SkeletonRows } from '@/ui/States';
import { toast } from '@/ui/Toasts';

const w = t.settings.optin;
const REGIONS = ['us', 'ca', 'uk', 'eu', 'au'] as const;
type Region = (typeof REGIONS)[number];

const lines = (text: string) =>
  text
    .split(/[\s,;]+/)
    .map((line) => line.trim())
    .filter(Boolean);

/** All of a page. The words beside the box are the region's until somebody writes their own. */
export function OptinPageForm({ page, onDone }: { page: OptinPage | null; onDone: () => void }) {
  const inboxes = useQuery(inboxesQuery).data?.items;
  const presets = useQuery(disclosuresQuery).data?.items;
  const [region, setRegion] = useState<Region>(page?.region ?? 'us');
  const [own, setOwn] = useState(page !== null);
  const form = useForm(async (value) => {
    const some = (name: string) => value(name).trim() || undefined;
    const [privacy_url, terms_url] = [some('privacy_url'), some('terms_url')];
    await saveOptinPage(page?.id ?? null, {
      inbox_id: value('inbox_id'),
      title: value('title').trim(),
      intro: value('intro').trim(),
      contact: value('contact').trim(),
      topic: page?.topic ?? '',
      keyword: value('keyword').trim(),
      region,
      ...(own ? { disclosure: value('disclosure'), locale: some('locale') ?? 'en' } : {}),
      double_opt_in: value('double_opt_in') === 'on',
      active: value('active') === 'on',
      ...(privacy_url ? { privacy_url } : {}),
      ...(terms_url ? { terms_url } : {}),
      origins: lines(value('origins')),
    });
    toast(w.saved);
    onDone();
  });
  if (!inboxes || !presets) return <SkeletonRows rows={4} />;
  const preset = presets.find((one) => one.region === region);
  return (
    <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
      <TextField
        label={w.title}
        name="title"
        required
        autoFocus
        maxLength={120}
        defaultValue={page?.title ?? ''}
        error={form.field('title')}
      />
      <TextAreaField
        label={w.intro_label}
        name="intro"
        rows={2}
        maxLength={500}
        defaultValue={page?.intro ?? ''}
        error={form.field('intro')}
      />
      <div className="grid gap-3 md:grid-cols-2">
        <SelectField
          label={w.inbox}
          name="inbox_id"
          defaultValue={page?.inbox_id}
          error={form.field('inbox_id')}
        >
          {inboxes.map((inbox) => (
            <option key={inbox.id} value={inbox.id}>
              {inbox.name}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={w.region}
          name="region"
          value={region}
          onChange={(event) => {
            setRegion(REGIONS.find((one) => one === event.target.value) ?? 'us');
            setOwn(false);
          }}
        >
          {REGIONS.map((one) => (
            <option key={one} value={one}>
              {w.regions[one]}
            </option>
          ))}
        </SelectField>
      </div>
      <TextField
        label={w.contact}
        name="contact"
        maxLength={300}
        required={preset?.needs_contact ?? false}
        hint={preset?.needs_contact ? w.contact_needed : w.contact_hint}
        defaultValue={page?.contact ?? ''}
        error={form.field('contact')}
      />
      <Checkbox
        label={w.own}
        checked={own}
        onChange={(event) => setOwn(event.currentTarget.checked)}
      />
      {own ? (
        <>
          <TextAreaField
            label={w.disclosure}
            name="disclosure"
            rows={6}
            required
            maxLength={2000}
            hint={w.disclosure_hint}
            defaultValue={page && page.region === region ? page.disclosure : (preset?.text ?? '')}
            error={form.field('disclosure')}
          />
          <TextField
            label={w.locale}
            name="locale"
            required
            maxLength={35}
            defaultValue={
              page && page.region === region ? page.locale : (preset?.locale ?? 'en-US')
            }
            error={form.field('locale')}
          />
        </>
      ) : (
        <p className="rounded-control bg-sunken p-3 text-label text-muted">{preset?.text}</p>
      )}
      <div className="grid gap-3 md:grid-cols-2">
        <TextField
          label={w.privacy_url}
          name="privacy_url"
          type="url"
          maxLength={500}
          defaultValue={page?.privacy_url ?? ''}
          error={form.field('privacy_url')}
        />
        <TextField
          label={w.terms_url}
          name="terms_url"
          type="url"
          maxLength={500}
          defaultValue={page?.terms_url ?? ''}
          error={form.field('terms_url')}
        />
      </div>
      <TextField
        label={w.keyword}
        name="keyword"
        maxLength={20}
        hint={w.keyword_hint}
        defaultValue={page?.keyword ?? ''}
        error={form.field('keyword')}
      />
      <TextAreaField
        label={w.origins}
        name="origins"
        rows={2}
        hint={w.origins_hint}
        defaultValue={page?.origins.join('\n') ?? ''}
        error={form.field('origins')}
      />
      <Checkbox
        label={w.double}
        name="double_opt_in"
        defaultChecked={page?.double_opt_in ?? true}
      />
      <Checkbox label={w.active} name="active" defaultChecked={page?.active ?? true} />
      <FormEnd form={form} deed={page ? t.common.save : w.create} onCancel={onDone} />
    </form>
  );
}
