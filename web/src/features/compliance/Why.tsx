import { useQuery } from '@tanstack/react-query';
import { type DecisionRecord, type Rule, rulePackQuery } from '@/api/compliance';
import { t } from '@/i18n/t';
import { gateFix, gateWhy, gateWords } from '@/lib/gate-words';
import { fullTime, placeOf } from '@/lib/time';
import { Badge, type Tone } from '@/ui/Badge';
import { Disclosure } from '@/ui/Disclosure';
import { Facts } from './parts';
import { Confidence, Sources } from './RuleView';
import { stateName } from './states';

const w = t.compliance.gate;
const TONES: Record<DecisionRecord['verdict'], Tone> = { send: 'ok', hold: 'warn', refuse: 'bad' };

/** A decision of the gate: what each rule said, the law behind it, and what it was based on. */
export function Why({
  decision,
  code,
}: {
  decision: DecisionRecord | null | undefined;
  code: string | undefined;
}) {
  const pack = useQuery({
    ...rulePackQuery(decision?.pack ?? ''),
    enabled: Boolean(decision?.pack),
  }).data;
  if (!decision) {
    return (
      <p className="text-muted">
        {w.no_decision} {code ? <code className="font-mono text-meta">{code}</code> : null}
      </p>
    );
  }
  const { basis } = decision;
  const facts = [
    w.purpose(basis.purpose),
    basis.declared ? w.declared(basis.declared) : '',
    basis.legal_basis ? w.legal_basis(w.legal_bases[basis.legal_basis]) : '',
    w.origin(basis.origin),
    basis.states.length > 0 ? w.states(basis.states.map(stateName).join(', ')) : '',
    basis.told_by.length > 0 ? w.told_by(basis.told_by) : '',
    basis.unread.length > 0 ? w.unread(basis.unread) : '',
    typeof basis.opted_out_since === 'number'
      ? w.opted_out_since(fullTime(basis.opted_out_since))
      : '',
  ].filter(Boolean);
  return (
    <div className="flex flex-col gap-3">
      <section aria-label={w.said}>
        <h2 className="mb-1.5 font-semibold text-label text-muted">{w.said}</h2>
        <ul className="flex flex-col gap-2">
          {decision.rules.map((said) => (
            <Said
              key={`${said.rule} ${said.code} ${said.detail}`}
              said={said}
              rule={pack?.rules.find((row) => row.id === said.rule)}
              sources={pack?.sources ?? []}
            />
          ))}
        </ul>
      </section>
      <Facts
        items={[
          decision.local_times.length > 0
            ? [
                w.clocks,
                decision.local_times
                  .map(({ zone, time }) => `${placeOf(zone)} ${time.slice(11, 16) || time}`)
                  .join(' · '),
              ]
            : null,
          [w.based_on, facts.join(', ')],
        ]}
      />
      <p className="text-faint text-label">
        {w.decided(fullTime(decision.at), decision.pass)}. {w.by(decision.pack, decision.tz_db)}.{' '}
        <code className="font-mono text-meta">{decision.code}</code>
      </p>
    </div>
  );
}

function Said({
  said,
  rule,
  sources,
}: {
  said: DecisionRecord['rules'][number];
  rule: Rule | undefined;
  sources: readonly { key: string; source: string }[];
}) {
  const fix = gateFix(said);
  // Evidence is the sentence that was kept, whatever language it is read in.
  const recorded = gateWhy(said);
  return (
    <li className="flex flex-col gap-0.5">
      <p className="flex flex-wrap items-center gap-2">
        <Badge tone={TONES[said.verdict]}>{w.verdicts[said.verdict]}</Badge>
        <span className="min-w-0 break-words">{gateWords(said)}</span>
      </p>
      {fix ? <p className="text-label text-muted">{w.fix(fix)}</p> : null}
      {recorded ? (
        <Disclosure label={w.recorded} className="text-label">
          <p className="break-words text-muted">{recorded}</p>
        </Disclosure>
      ) : null}
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1 text-label text-muted">
        <code className="font-mono text-meta">{said.rule}</code>
        {rule ? (
          <>
            <span>{rule.law}</span>
            <Confidence of={rule.confidence} />
            <Sources keys={rule.sources} known={sources} />
          </>
        ) : (
          <span>{w.own_rule}</span>
        )}
      </div>
    </li>
  );
}
