import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { ScrollText } from 'lucide-react';
import { useState } from 'react';
import { useForm } from '@/api/form';
import { endOverride, overridesQuery, type RuleOverride, rulesQuery } from '@/api/rules';
import { later } from '@/i18n/later';
import { Loaded } from '@/lib/QueryStates';
import { Badge, type Tone } from '@/ui/Badge';
import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import { TextField } from '@/ui/Field';
import { FormEnd } from '@/ui/FormEnd';
import { Row, Rows, Section } from '@/ui/Page';
import { toast } from '@/ui/Toasts';
import { ChoosePack } from './ChoosePack';
import { DryRuns } from './DryRuns';
import { OverrideDialog } from './OverrideDialog';
import { overrideSpan, overrideWords } from './override-words';
import { PagedList } from './PagedList';

const w = later.rules;
const TONES: Record<RuleOverride['state'], Tone> = {
  coming: 'info',
  standing: 'warn',
  over: 'plain',
  ended: 'plain',
};

/** What the gate applies here: the pack, and what operators changed in it. */
export function LiveRules({ mayChange }: { mayChange: boolean }) {
  const query = useQuery(rulesQuery);
  const [open, setOpen] = useState<'pack' | 'override' | null>(null);
  const [ending, setEnding] = useState<RuleOverride | null>(null);
  const [history, setHistory] = useState(false);
  const [choice, setChoice] = useState<string>();
  const choose = (next: string | undefined) => {
    setChoice(next);
    setOpen('pack');
  };
  const close = () => setOpen(null);
  return (
    <>
      <Loaded query={query} rows={2}>
        {(rules) => (
          <>
            <Section
              title={w.live}
              hint={w.live_hint}
              actions={
                mayChange ? <Button onClick={() => choose(undefined)}>{w.choose}</Button> : null
              }
            >
              <p className="font-medium">{w.pack(rules.pack)}</p>
              <p className="text-label text-muted">
                {rules.choice === rules.pack ? w.pinned : w.follows}
              </p>
            </Section>
            <Section
              title={w.overrides}
              hint={w.overrides_hint}
              flush={rules.overrides.length > 0}
              actions={
                mayChange ? <Button onClick={() => setOpen('override')}>{w.add}</Button> : null
              }
            >
              {rules.overrides.length === 0 ? (
                <p className="text-muted">{w.none}</p>
              ) : (
                <Rows>
                  {rules.overrides.map((row) => (
                    <OverrideRow
                      key={row.id}
                      row={row}
                      onEnd={mayChange ? () => setEnding(row) : undefined}
                    />
                  ))}
                </Rows>
              )}
            </Section>
            <DryRuns live={rules.choice} onMakeLive={mayChange ? choose : undefined} />
            <ChoosePack rules={open === 'pack' ? rules : null} choice={choice} onClose={close} />
            <OverrideDialog pack={open === 'override' ? rules.pack : null} onClose={close} />
          </>
        )}
      </Loaded>
      {history ? (
        <History />
      ) : (
        <Button tone="quiet" className="mb-6" icon={ScrollText} onClick={() => setHistory(true)}>
          {w.history_show}
        </Button>
      )}
      <Dialog
        open={ending !== null}
        onOpenChange={(shown) => !shown && setEnding(null)}
        title={w.end_title}
        description={ending ? `${overrideWords(ending)}. ${w.end_detail}` : ''}
        width="sm"
      >
        {ending ? <EndForm row={ending} onClose={() => setEnding(null)} /> : null}
      </Dialog>
    </>
  );
}

function OverrideRow({ row, onEnd }: { row: RuleOverride; onEnd: (() => void) | undefined }) {
  const words = overrideWords(row);
  return (
    <Row className="items-start">
      <div className="min-w-[200px] flex-1">
        <p className="flex flex-wrap items-center gap-2 break-words font-medium">
          {words}
          <Badge tone={TONES[row.state]}>{w.states[row.state]}</Badge>
          {row.loosens ? <Badge tone="bad">{w.loosens}</Badge> : null}
        </p>
        <p className="break-words">{row.reason}</p>
        <p className="text-label text-muted">
          {w.by(row.by)}, {overrideSpan(row)}
        </p>
        {row.state === 'ended' ? (
          <p className="text-label text-muted">
            {w.ended_by(row.ended_by ?? w.somebody, row.ended_reason ?? '')}
          </p>
        ) : null}
      </div>
      {onEnd ? (
        <Button size="sm" aria-label={w.end_of(words)} onClick={onEnd}>
          {w.end}
        </Button>
      ) : null}
    </Row>
  );
}

function History() {
  const query = useInfiniteQuery(overridesQuery);
  return (
    <>
      <h2 className="mb-2 font-semibold text-title">{w.history}</h2>
      <PagedList
        query={query}
        empty={{ icon: ScrollText, title: w.none }}
        row={(row) => <OverrideRow key={row.id} row={row} onEnd={undefined} />}
      />
    </>
  );
}

function EndForm({ row, onClose }: { row: RuleOverride; onClose: () => void }) {
  const form = useForm(async (value) => {
    await endOverride(row.id, value('reason').trim());
    toast(w.ended);
    onClose();
  });
  return (
    <form onSubmit={form.onSubmit} className="flex flex-col gap-3">
      <TextField
        label={w.reason}
        name="reason"
        required
        autoFocus
        maxLength={500}
        error={form.field('reason')}
      />
      <FormEnd form={form} deed={w.end_action} onCancel={onClose} />
    </form>
  );
}
