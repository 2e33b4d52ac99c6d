import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useForm } from '@/api/form';
import {
  addJoinWord,
  changeJoinWord,
  type JoinWord,
  type JoinWordPreview,
  joinWordPreviewQuery,
} from '@/api/join-words';
import { type Inbox, workspaceQuery } from '@/api/settings';
import { t } from '@/i18n/t';
import { useDebounced } from '@/lib/hooks';
import { formatAddress } from '@/lib/phone';
import { Button } from '@/ui/Button';
import { SelectField, TextAreaField, TextField } from '@/ui/Field';
import { FormEnd } from '@/ui/FormEnd';

const w = t.settings.join_words;
/** The language of the texts; others of the same language count as it. */
const LOCALES = ['en-US', 'es-US', 'fr-CA'] as const;

const start = (word: JoinWord | null) => ({
  word: word?.word ?? '',
  topic: word?.topic ?? '',
  double_opt_in: word?.double_opt_in ?? true,
  locale: word?.locale ?? LOCALES[0],
  programme: word?.programme ?? '',
  frequency: word?.frequency ?? '',
  disclosure: word?.disclosure ?? '',
  confirmation: word?.confirmation ?? '',
  welcome: word?.welcome ?? '',
});
type Values = ReturnType<typeof start>;

export function JoinWordForm({
  inbox,
  word,
  onDone,
}: {
  inbox: Inbox;
  word: JoinWord | null;
  onDone: () => void;
}) {
  const [values, setValues] = useState(() => start(word));
  const brand = useQuery(workspaceQuery).data?.brand ?? '';
  const asked = useDebounced(values, 250);
  const preview = useQuery(
    joinWordPreviewQuery(inbox.id, { ...asked, ...(word ? { id: word.id } : {}) }),
  ).data;
  const form = useForm(async () => {
    await (word ? changeJoinWord(inbox.id, word.id, values) : addJoinWord(inbox.id, values));
    onDone();
  });
  const set = (name: keyof Values, value: string | boolean) =>
    setValues((before) => ({ ...before, [name]: value }));
  // What the server says of a field on the way counts once something stands in it.
  const found = (name: keyof Values) =>
    values[name] ? preview?.faults.find(({ field }) => field === name)?.detail : undefined;
  const field = (name: Exclude<keyof Values, 'double_opt_in'>) => ({
    name,
    value: values[name],
    onChange: (event: { target: { value: string } }) => set(name, event.target.value),
    error: form.field(name) ?? found(name),
  });
  return (
    <form onSubmit={form.onSubmit} className="flex flex-col gap-3">
      <div className="grid gap-3 md:grid-cols-2">
        <TextField label={w.word} hint={w.word_hint} required autoFocus {...field('word')} />
        <SelectField
          label={w.way}
          name="double_opt_in"
          hint={values.double_opt_in ? w.double_hint : w.single_hint}
          value={values.double_opt_in ? 'double' : 'single'}
          onChange={(event) => set('double_opt_in', event.target.value === 'double')}
        >
          <option value="double">{w.double}</option>
          <option value="single">{w.single}</option>
        </SelectField>
        <TextField
          label={w.programme}
          placeholder={w.programme_example}
          required
          {...field('programme')}
        />
        <TextField
          label={w.frequency}
          placeholder={w.frequency_example}
          required
          {...field('frequency')}
        />
        <SelectField label={w.locale} {...field('locale')}>
          {[...new Set([values.locale, ...LOCALES])].map((locale) => (
            <option key={locale} value={locale}>
              {w.locales[locale] ?? locale}
            </option>
          ))}
        </SelectField>
        <TextField label={w.topic} hint={w.topic_hint} {...field('topic')} />
      </div>
      <TextAreaField
        label={w.disclosure}
        hint={word ? w.disclosure_hint_version(word.disclosure_version) : w.disclosure_hint}
        rows={4}
        required
        {...field('disclosure')}
      />
      {values.disclosure === '' && values.word && values.programme && values.frequency ? (
        <Button
          size="sm"
          className="self-start"
          onClick={() =>
            set(
              'disclosure',
              w.suggested({ ...values, brand, number: formatAddress(inbox.address) }),
            )
          }
        >
          {w.suggest}
        </Button>
      ) : null}
      <Advice
        title={w.disclosure_lacks}
        findings={preview?.disclosure_findings}
        of={values.disclosure}
      />
      <TextAreaField
        label={w.confirmation}
        hint={w.confirmation_hint}
        rows={2}
        {...field('confirmation')}
      />
      <TextField label={w.welcome} hint={w.welcome_hint} {...field('welcome')} />
      {preview && values.programme && values.frequency ? <Texts preview={preview} /> : null}
      <FormEnd form={form} deed={word ? t.common.save : w.create} onCancel={onDone} />
    </form>
  );
}

/** What is missing, each with words that mend it. */
function Advice({
  title,
  findings,
  of,
}: {
  title: string;
  findings: JoinWordPreview['disclosure_findings'] | undefined;
  of: string;
}) {
  if (!of || !findings || findings.length === 0) return null;
  return (
    <div className="rounded-card bg-sunken px-3 py-2 text-label">
      <p className="font-medium text-warn">{title}</p>
      <ul aria-label={title} className="mt-1 list-disc ps-4 text-muted">
        {findings.map(({ code, detail, fix }) => (
          <li key={code}>
            {detail} {fix}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The texts as the customer gets them. */
function Texts({ preview }: { preview: JoinWordPreview }) {
  return (
    <section aria-label={w.preview} className="flex flex-col gap-2 rounded-card bg-sunken p-3">
      <h2 className="font-semibold text-label text-muted">{w.preview}</h2>
      {preview.request ? <Bubble label={w.asked}>{preview.request}</Bubble> : null}
      <Bubble label={w.confirmed(preview.confirmation_parts)}>{preview.confirmation}</Bubble>
      {preview.confirmation_findings.length > 0 ? (
        <ul aria-label={w.confirmation_lacks} className="list-disc ps-4 text-bad text-label">
          {preview.confirmation_findings.map(({ code, detail, fix }) => (
            <li key={code}>
              {detail} {fix}
            </li>
          ))}
        </ul>
      ) : (
        <p className="text-label text-ok">{w.whole}</p>
      )}
    </section>
  );
}

function Bubble({ label, children }: { label: string; children: string }) {
  return (
    <div>
      <p className="text-label text-muted">{label}</p>
      <p className="mt-0.5 w-fit max-w-full whitespace-pre-wrap break-words rounded-card border border-line bg-surface px-3 py-2">
        {children}
      </p>
    </div>
  );
}
