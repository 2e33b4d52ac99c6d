import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Download, ScrollText } from 'lucide-react';
import {
  type AuditEntry,
  type AuditFilter,
  auditActionsQuery,
  auditExportUrl,
  auditQuery,
  evidenceKeyQuery,
} from '@/api/compliance';
import { membersQuery } from '@/api/settings';
import { t } from '@/i18n/t';
import { useDebounced, useNow } from '@/lib/hooks';
import { dayMark, fullTime, moment, timeOfDay } from '@/lib/time';
import { Notice } from '@/ui/Banner';
import { Button, buttonClass } from '@/ui/Button';
import { SelectField, TextField } from '@/ui/Field';
import { Page } from '@/ui/Page';
import { type AuditWords, auditFilter } from './audit-filter';
import { PagedList } from './PagedList';
import { At, Facts, OpenRow } from './parts';

const w = t.compliance.audit;
const KINDS = ['api_key', 'cli', 'system'] as const;

export function AuditLog({
  filter: words,
  onFilter,
  mayRead,
}: {
  filter: AuditWords;
  onFilter: (words: AuditWords) => void;
  mayRead: boolean;
}) {
  return (
    <Page title={t.compliance.pages.audit} intro={w.intro}>
      {mayRead ? (
        <Log words={words} onFilter={onFilter} />
      ) : (
        <Notice>{t.compliance.forbidden}</Notice>
      )}
    </Page>
  );
}

function Log({ words, onFilter }: { words: AuditWords; onFilter: (words: AuditWords) => void }) {
  const filter = auditFilter(words);
  const asked = useDebounced(JSON.stringify(filter), 250);
  const query = useInfiniteQuery(auditQuery(JSON.parse(asked) as AuditFilter));
  const members = useQuery(membersQuery).data?.items ?? [];
  const actions = useQuery(auditActionsQuery).data?.items ?? [];
  const now = useNow();
  const set = (name: keyof AuditWords, value: string) => {
    const next = { ...words, [name]: value };
    onFilter(Object.fromEntries(Object.entries(next).filter(([, kept]) => kept)));
  };
  return (
    <>
      <Seal />
      <div className="mb-4 grid grid-cols-2 gap-3 md:grid-cols-6">
        <SelectField
          className="md:col-span-2"
          label={w.who}
          value={words.actor ?? ''}
          onChange={(event) => set('actor', event.target.value)}
        >
          <option value="">{w.anybody}</option>
          {members.map((member) => (
            <option key={member.id} value={member.id}>
              {member.name}
            </option>
          ))}
          {KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {t.compliance.actors[kind]}
            </option>
          ))}
        </SelectField>
        <SelectField
          className="md:col-span-2"
          label={w.what}
          value={words.action ?? ''}
          onChange={(event) => set('action', event.target.value)}
        >
          <option value="">{w.anything}</option>
          {actions.map((action) => (
            <option key={action} value={action}>
              {action}
            </option>
          ))}
        </SelectField>
        <TextField
          className="col-span-2"
          label={w.subject}
          placeholder={w.subject_hint}
          value={words.subject ?? ''}
          onChange={(event) => set('subject', event.target.value)}
        />
        <TextField
          className="max-[359px]:col-span-2 md:col-span-2"
          label={w.since}
          type="date"
          value={words.since ?? ''}
          onChange={(event) => set('since', event.target.value)}
        />
        <TextField
          className="max-[359px]:col-span-2 md:col-span-2"
          label={w.until}
          type="date"
          value={words.until ?? ''}
          onChange={(event) => set('until', event.target.value)}
        />
        <div className="col-span-2 flex flex-wrap items-end gap-2">
          {(['csv', 'jsonl'] as const).map((format) => (
            <a
              key={format}
              href={auditExportUrl(filter, format)}
              download={`audit.${format}`}
              aria-label={format === 'csv' ? w.export_csv : w.export_jsonl}
              className={buttonClass({}, 'h-9 flex-1 max-md:h-11')}
            >
              <Download aria-hidden className="size-4" />
              {w.formats[format]}
            </a>
          ))}
        </div>
      </div>
      {Object.keys(filter).length > 0 ? (
        <p className="mb-3">
          <Button size="sm" tone="quiet" onClick={() => onFilter({})}>
            {t.compliance.clear}
          </Button>
        </p>
      ) : null}
      <PagedList
        key={asked}
        query={query}
        empty={{ icon: ScrollText, title: w.empty, detail: w.empty_detail }}
        row={(entry) => <Entry key={entry.id} entry={entry} now={now} />}
      />
    </>
  );
}

function Entry({ entry, now }: { entry: AuditEntry; now: number }) {
  const who =
    entry.actor_name ?? t.compliance.actors[entry.actor_kind] ?? entry.actor_kind ?? w.someone;
  const detail = Object.entries(entry.detail as Record<string, unknown>);
  return (
    <OpenRow
      label={t.compliance.details}
      name={t.compliance.details_of(`${entry.action}, ${who}`)}
      head={(more) => (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
          <At ms={entry.at} className="w-32 text-label text-muted max-md:w-full">
            {dayMark(entry.at, now)} {timeOfDay(entry.at)}
          </At>
          <div className="min-w-[180px] flex-1">
            <p className="break-words">
              <span className="font-medium">{who}</span>{' '}
              <code className="font-mono text-label">{entry.action}</code>
            </p>
            <p className="truncate font-mono text-faint text-meta">{entry.subject}</p>
          </div>
          {more}
        </div>
      )}
    >
      {() => (
        <Facts
          items={[
            [w.since, fullTime(entry.at)],
            [
              w.subject,
              <code key="s" className="break-all font-mono text-meta">
                {entry.subject}
              </code>,
            ],
            ...detail.map(
              ([name, value]) =>
                [
                  name.replaceAll('_', ' '),
                  typeof value === 'string' ? value : JSON.stringify(value),
                ] as const,
            ),
            [
              t.compliance.consents.entry,
              <code key="id" className="break-all font-mono text-meta">
                {entry.id}
              </code>,
            ],
          ]}
        />
      )}
    </OpenRow>
  );
}

/** Up to where the chain is signed, and what compares every row with it. */
function Seal() {
  const key = useQuery(evidenceKeyQuery).data;
  const now = useNow();
  if (!key) return null;
  const at = key.signed_at ?? null;
  return (
    <Notice tone={at === null ? 'warn' : 'ok'} className="mb-4">
      {at === null
        ? w.unsigned
        : w.sealed((key.signed_seq ?? 0).toLocaleString('en'), moment(at, now))}{' '}
      <code className="font-mono text-label">hark audit verify</code> {w.verify}
    </Notice>
  );
}
