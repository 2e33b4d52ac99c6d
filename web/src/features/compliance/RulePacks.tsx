import { useQuery } from '@tanstack/react-query';
import { Scale } from 'lucide-react';
import { rulePackQuery, rulePacksQuery } from '@/api/compliance';
import { errorCode, errorText } from '@/api/errors';
import { t } from '@/i18n/t';
import type { Tone } from '@/ui/Badge';
import { SelectField, TextField } from '@/ui/Field';
import { Page, Rows, Section } from '@/ui/Page';
import { Empty, Failure, SkeletonRows } from '@/ui/States';
import { LiveRules } from './LiveRules';
import { RuleView } from './RuleView';
import { type Difference, differences, found } from './rule-words';

const w = t.compliance.rules;
const TONES: Record<Difference, Tone> = { added: 'ok', gone: 'bad', changed: 'warn' };

/** The rules the gate applies, and what another pack has otherwise. */
export function RulePacks({
  pack,
  other,
  q,
  mayChange,
  onChange,
}: {
  /** The pack that is read; the one that is applied where none is named. */
  pack: string | undefined;
  /** The pack it is compared with. */
  other: string | undefined;
  q: string;
  /** Whether the member may choose packs and make overrides. */
  mayChange: boolean;
  onChange: (next: { pack?: string; other?: string; q?: string }) => void;
}) {
  const packs = useQuery(rulePacksQuery);
  const all = packs.data?.items ?? [];
  const shown = pack ?? all.find((one) => one.current)?.id ?? '';
  const one = useQuery({ ...rulePackQuery(shown), enabled: shown !== '' });
  const two = useQuery({ ...rulePackQuery(other ?? ''), enabled: Boolean(other) });
  const change = (next: { pack?: string; other?: string; q?: string }) => {
    const whole = { pack, other, q, ...next };
    onChange(Object.fromEntries(Object.entries(whole).filter(([, value]) => Boolean(value))));
  };
  return (
    <Page title={t.compliance.pages.rules} intro={w.intro}>
      <LiveRules mayChange={mayChange} />
      <h2 className="mb-2 font-semibold text-title">{w.read}</h2>
      <div className="mb-4 grid gap-3 md:grid-cols-2">
        <SelectField
          label={w.pack}
          value={shown}
          onChange={(event) => change({ pack: event.target.value })}
        >
          {all.map(({ id, current }) => (
            <option key={id} value={id}>
              {current ? w.current(id) : id}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={w.compare}
          value={other ?? ''}
          onChange={(event) => change({ other: event.target.value })}
        >
          <option value="">{w.nothing}</option>
          {all
            .filter(({ id }) => id !== shown)
            .map(({ id }) => (
              <option key={id} value={id}>
                {id}
              </option>
            ))}
        </SelectField>
        <TextField
          label={w.find}
          type="search"
          className="md:col-span-2"
          value={q}
          onChange={(event) => change({ q: event.target.value })}
        />
      </div>
      <Shown
        query={packs.isError ? packs : one.isError ? one : two}
        rules={one.data?.rules}
        others={other ? two.data?.rules : null}
        sources={[...(one.data?.sources ?? []), ...(two.data?.sources ?? [])]}
        q={q}
      />
    </Page>
  );
}

type Rules = NonNullable<Parameters<typeof differences>[0]>;

function Shown({
  query,
  rules,
  others,
  sources,
  q,
}: {
  query: { isError: boolean; error: unknown; refetch: () => unknown };
  rules: Rules | undefined;
  /** Null where nothing is compared, undefined until it is there. */
  others: Rules | null | undefined;
  sources: readonly { key: string; source: string }[];
  q: string;
}) {
  if (query.isError) {
    return (
      <Failure
        detail={errorText(query.error)}
        code={errorCode(query.error)}
        onRetry={() => void query.refetch()}
      />
    );
  }
  if (!rules || others === undefined) return <SkeletonRows rows={6} />;
  const compared: { rule: Rules[number]; difference?: Difference }[] =
    others === null ? rules.map((rule) => ({ rule })) : differences(rules, others);
  const rows = compared.filter(({ rule }) => found(rule, q));
  if (rows.length === 0) {
    const same = others !== null && compared.length === 0;
    return <Empty icon={Scale} title={same ? w.same : t.compliance.audit.empty} />;
  }
  return (
    <>
      <p role="status" className="mb-2 text-label text-muted">
        {w.count(rows.length, compared.length)}
      </p>
      <Section flush>
        <Rows>
          {rows.map(({ rule, difference }) => (
            <RuleView
              key={`${rule.id} ${difference}`}
              rule={rule}
              sources={sources}
              mark={difference ? { tone: TONES[difference], label: w.diff[difference] } : undefined}
            />
          ))}
        </Rows>
      </Section>
    </>
  );
}
