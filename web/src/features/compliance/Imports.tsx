import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { FileInput } from 'lucide-react';
import { useState } from 'react';
import { errorCode, errorText } from '@/api/errors';
import { useForm } from '@/api/form';
import {
  declareNone,
  type Import,
  importFaultsQuery,
  importFile,
  importsQuery,
  type Told,
} from '@/api/imports';
import { onboardingQuery } from '@/api/settings';
import { t } from '@/i18n/t';
import { useNow } from '@/lib/hooks';
import { age } from '@/lib/time';
import { Notice } from '@/ui/Banner';
import { Button } from '@/ui/Button';
import { SelectField, TextField } from '@/ui/Field';
import { Meter } from '@/ui/Meter';
import { Page, Row, Rows, Section } from '@/ui/Page';
import { Empty, Failure, SkeletonRows } from '@/ui/States';

const w = t.compliance.imports;
const TOLD = ['opt_outs', 'consents', 'number_events'] as const satisfies readonly Told[];

/** Files of the former tool: who opted out there, who agreed to what. */
export function Imports() {
  const query = useQuery(importsQuery);
  const rows = query.data?.items ?? [];
  return (
    <Page title={t.compliance.pages.imports} intro={w.hint}>
      <Upload />
      {query.isPending ? <SkeletonRows rows={2} /> : null}
      {query.isError ? (
        <Failure
          detail={errorText(query.error)}
          code={errorCode(query.error)}
          onRetry={() => void query.refetch()}
        />
      ) : null}
      {query.isSuccess && rows.length === 0 ? (
        <Empty icon={FileInput} title={w.empty}>
          {w.empty_detail}
        </Empty>
      ) : null}
      {rows.length > 0 ? (
        <Section title={w.files} flush>
          <Rows>
            {rows.map((row) => (
              <ImportedFile key={row.id} row={row} />
            ))}
          </Rows>
        </Section>
      ) : null}
    </Page>
  );
}

function Upload() {
  const steps = useQuery(onboardingQuery).data?.steps;
  const asked = steps?.some((step) => step.key === 'opt_outs' && !step.done) ?? false;
  const [told, setTold] = useState<Told>('opt_outs');
  const [file, setFile] = useState<File | null>(null);
  const form = useForm(async (value) => {
    if (file) await importFile(told, file, value('country').trim());
    setFile(null);
  });
  const none = useForm(async () => declareNone());
  return (
    <Section title={w.title}>
      <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
        <SelectField
          label={w.told}
          name="told"
          value={told}
          hint={w.told_hint[told]}
          onChange={(event) =>
            setTold(TOLD.find((one) => one === event.target.value) ?? 'opt_outs')
          }
        >
          {TOLD.map((one) => (
            <option key={one} value={one}>
              {w.tells[one]}
            </option>
          ))}
        </SelectField>
        <TextField
          label={w.file}
          name="file"
          type="file"
          required
          accept=".csv,.tsv,.txt,text/csv,text/plain"
          error={form.field('file')}
          onChange={(event) => setFile(event.target.files?.[0] ?? null)}
        />
        <TextField
          label={w.country}
          name="country"
          defaultValue="US"
          maxLength={2}
          required
          hint={w.country_hint}
          error={form.field('country')}
        />
        {form.error ? <Notice tone="bad">{form.error}</Notice> : null}
        <div className="flex flex-wrap gap-2">
          <Button type="submit" tone="primary" busy={form.busy} disabled={!file}>
            {w.begin}
          </Button>
        </div>
      </form>
      {asked ? (
        <form onSubmit={none.onSubmit} className="mt-4 border-line border-t pt-4">
          <p className="mb-2 text-muted">{w.none_hint}</p>
          {none.error ? <Notice tone="bad">{none.error}</Notice> : null}
          <Button type="submit" busy={none.busy}>
            {w.none}
          </Button>
        </form>
      ) : null}
    </Section>
  );
}

function ImportedFile({ row }: { row: Import }) {
  const now = useNow();
  const [open, setOpen] = useState(false);
  return (
    <Row className="items-start">
      <div className="min-w-0 flex-1">
        <p className="font-medium">{w.tells[row.told]}</p>
        <p className="text-label text-muted">{w.counts(row)}</p>
        {row.state === 'failed' ? <p className="text-bad text-label">{w.failed}</p> : null}
        {row.state === 'reading' ? (
          <div className="mt-2">
            <Meter label={w.reading} done={row.rows_done} total={row.rows} />
          </div>
        ) : null}
        {open ? <Faults id={row.id} /> : null}
      </div>
      <time dateTime={new Date(row.created_at).toISOString()} className="text-faint text-label">
        {age(row.created_at, now)}
      </time>
      <Button size="sm" aria-expanded={open} onClick={() => setOpen(!open)}>
        {w.odd}
      </Button>
    </Row>
  );
}

function Faults({ id }: { id: string }) {
  const query = useInfiniteQuery(importFaultsQuery(id));
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  if (query.isPending) return <SkeletonRows rows={2} />;
  if (query.isError) {
    return <Failure detail={errorText(query.error)} code={errorCode(query.error)} />;
  }
  if (rows.length === 0) return <p className="mt-2 text-muted">{w.no_faults}</p>;
  return (
    <>
      <ul className="mt-2 flex flex-col gap-1 text-label">
        {rows.map((fault) => (
          <li key={`${fault.line} ${fault.code}`}>
            {w.fault(fault.line, fault.refused)} {fault.detail}{' '}
            <code className="text-faint">{fault.code}</code>
          </li>
        ))}
      </ul>
      {query.hasNextPage ? (
        <Button
          size="sm"
          busy={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {t.common.show_more}
        </Button>
      ) : null}
    </>
  );
}
