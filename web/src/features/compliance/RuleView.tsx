import type { Rule } from '@/api/compliance';
import { t } from '@/i18n/t';
import { dateOf } from '@/lib/time';
import { Badge, type Tone } from '@/ui/Badge';
import { demandOf, placesOf } from './rule-words';

const w = t.compliance.rules;
const TONES: Record<Rule['confidence'], Tone> = { low: 'warn', medium: 'plain', high: 'ok' };

export function Confidence({ of }: { of: Rule['confidence'] }) {
  return <Badge tone={TONES[of]}>{w.confidence[of]}</Badge>;
}

/** Who says so: each a link where it is an address. */
export function Sources({
  keys,
  known,
}: {
  keys: readonly string[];
  known: readonly { key: string; source: string }[];
}) {
  return (
    <span className="inline-flex flex-wrap gap-x-2">
      {keys.map((key) => {
        const source = known.find((one) => one.key === key)?.source ?? '';
        const address = /^https?:\/\/\S+?(?=,|\s|$)/.exec(source)?.[0];
        return address ? (
          <a
            key={key}
            href={address}
            target="_blank"
            rel="noreferrer"
            title={source}
            className="inline-flex min-h-6 min-w-6 items-center text-accent underline underline-offset-2"
          >
            {key}
          </a>
        ) : (
          <span key={key} title={source}>
            {key}
          </span>
        );
      })}
    </span>
  );
}

/** One row of the law. */
export function RuleView({
  rule,
  sources,
  mark,
}: {
  rule: Rule;
  sources: readonly { key: string; source: string }[];
  /** What a comparison says of it. */
  mark?: { tone: Tone; label: string } | undefined;
}) {
  const dates = [
    typeof rule.from === 'number' ? w.since(dateOf(rule.from)) : '',
    typeof rule.waits_until === 'number' ? w.waits(dateOf(rule.waits_until)) : '',
    typeof rule.until === 'number' ? w.until(dateOf(rule.until)) : '',
  ].filter(Boolean);
  return (
    <li className="px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        {mark ? <Badge tone={mark.tone}>{mark.label}</Badge> : null}
        <p className="font-medium">{placesOf(rule)}</p>
        <span className="text-label text-muted">
          {rule.purposes.map((purpose) => w.purposes[purpose]).join(', ')}
        </span>
        <span className="ms-auto flex flex-wrap gap-1.5 max-md:ms-0">
          {rule.in_force ? null : <Badge tone="info">{w.silent}</Badge>}
          <Confidence of={rule.confidence} />
        </span>
      </div>
      <p className="mt-1 text-text">{demandOf(rule)}</p>
      <p className="mt-0.5 text-muted">{rule.law}</p>
      {rule.note ? <p className="mt-0.5 text-label text-muted">{rule.note}</p> : null}
      {rule.effect.kind === 'content' && rule.effect.list.length > 0 ? (
        <details className="mt-1 text-label text-muted">
          <summary className="min-h-6 py-1">{w.list(rule.effect.list.length)}</summary>
          <p className="mt-1 break-words">{rule.effect.list.join(', ')}</p>
        </details>
      ) : null}
      <p className="mt-1 flex flex-wrap gap-x-3 gap-y-0.5 text-faint text-label">
        <code className="font-mono text-meta">{rule.id}</code>
        <span>{rule.version}</span>
        {dates.map((date) => (
          <span key={date}>{date}</span>
        ))}
        <Sources keys={rule.sources} known={sources} />
      </p>
    </li>
  );
}
