import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useForm } from '@/api/form';
import { type Retention, retentionDueQuery, retentionQuery, setRetention } from '@/api/privacy';
import { later } from '@/i18n/later';
import { t } from '@/i18n/t';
import { useDebounced } from '@/lib/hooks';
import { Loaded } from '@/lib/QueryStates';
import { dateOf } from '@/lib/time';
import { Notice } from '@/ui/Banner';
import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import { SelectField, TextField } from '@/ui/Field';
import { FormEnd } from '@/ui/FormEnd';
import { Page, Row, Rows, Section } from '@/ui/Page';
import { toast } from '@/ui/Toasts';

const w = later.privacy.retention;
/** The longest term the server takes: a century. */
const DAYS_MAX = 36_525;
/** What the field begins with where a category is kept for good. */
const DAYS_FIRST = 730;

/** How long each kind of record is kept, and what the next run would remove. */
export function RetentionTerms({ mayRead, mayChange }: { mayRead: boolean; mayChange: boolean }) {
  return (
    <Page title={t.compliance.pages.retention} intro={w.intro}>
      {mayRead ? <Terms mayChange={mayChange} /> : <Notice>{t.compliance.forbidden}</Notice>}
    </Page>
  );
}

function Terms({ mayChange }: { mayChange: boolean }) {
  const query = useQuery(retentionQuery);
  const [changing, setChanging] = useState<Retention | null>(null);
  return (
    <>
      <Loaded query={query} rows={6}>
        {({ items }) => (
          <Section flush>
            <Rows>
              {items.map((row) => (
                <Row key={row.category} className="items-start">
                  <Term row={row} />
                  {mayChange ? (
                    <Button
                      size="sm"
                      aria-label={w.change_of(w.categories[row.category])}
                      onClick={() => setChanging(row)}
                    >
                      {w.change}
                    </Button>
                  ) : null}
                </Row>
              ))}
            </Rows>
          </Section>
        )}
      </Loaded>
      {mayChange ? null : <p className="text-muted">{w.members_only}</p>}
      <Dialog
        open={changing !== null}
        onOpenChange={(open) => !open && setChanging(null)}
        title={changing ? w.title(w.categories[changing.category]) : ''}
        description={w.warn}
        width="sm"
      >
        {changing ? <TermForm row={changing} onClose={() => setChanging(null)} /> : null}
      </Dialog>
    </>
  );
}

function Term({ row }: { row: Retention }) {
  const { days = null, oldest_at: oldest = null, run_at: ran = null } = row;
  return (
    <div className="min-w-[200px] flex-1">
      <p className="font-medium">{w.categories[row.category]}</p>
      <p className="text-label text-muted">{w.hints[row.category]}</p>
      <p className="mt-1">{days === null ? w.for_good : w.term(days)}</p>
      {days === null ? null : (
        <p className={row.due > 0 ? 'text-label text-warn' : 'text-label text-muted'}>
          {row.due > 0 && oldest !== null ? w.due(row.due, dateOf(oldest)) : w.due_none}
        </p>
      )}
      {days === null && ran === null ? null : (
        <p className="text-faint text-label">
          {ran === null ? w.never_ran : w.ran(row.gone, dateOf(ran))}
        </p>
      )}
    </div>
  );
}

function TermForm({ row, onClose }: { row: Retention; onClose: () => void }) {
  const [keep, setKeep] = useState(typeof row.days === 'number' ? 'days' : 'good');
  const [days, setDays] = useState(String(row.days ?? DAYS_FIRST));
  const whole = Number(days);
  const valid = Number.isInteger(whole) && whole >= row.days_min && whole <= DAYS_MAX;
  const asked = useDebounced(whole, 300);
  // Only what was seen may be set: while the answer is of another number, nothing is known.
  const due = useQuery({
    ...retentionDueQuery(row.category, asked),
    enabled: keep === 'days' && valid && asked === whole,
  });
  const known = due.data && asked === whole ? due.data : undefined;
  const form = useForm(async () => {
    await setRetention(row.category, keep === 'good' ? null : whole);
    toast(w.saved);
    onClose();
  });
  return (
    <form onSubmit={form.onSubmit} className="flex flex-col gap-3">
      <SelectField
        label={w.keep}
        value={keep}
        onChange={(event) => setKeep(event.target.value === 'good' ? 'good' : 'days')}
      >
        <option value="good">{w.keep_good}</option>
        <option value="days">{w.keep_days}</option>
      </SelectField>
      {keep === 'days' ? (
        <>
          <TextField
            label={w.days}
            name="days"
            type="number"
            inputMode="numeric"
            required
            min={row.days_min}
            max={DAYS_MAX}
            step={1}
            value={days}
            hint={w.days_hint(row.days_min)}
            error={form.field('days')}
            onChange={(event) => setDays(event.target.value)}
          />
          <p
            role="status"
            className={known && known.due > 0 ? 'min-h-10 text-warn' : 'min-h-10 text-muted'}
          >
            {!valid
              ? ''
              : known
                ? known.due > 0 && known.oldest_at !== null
                  ? w.would(known.due, dateOf(known.oldest_at))
                  : w.would_none
                : due.isError
                  ? due.error.message
                  : w.would_look}
          </p>
        </>
      ) : null}
      <FormEnd
        form={form}
        deed={keep === 'days' && known && known.due > 0 ? w.save_removing(known.due) : w.save}
        tone={keep === 'days' && known && known.due > 0 ? 'danger' : 'primary'}
        onCancel={onClose}
      />
    </form>
  );
}
