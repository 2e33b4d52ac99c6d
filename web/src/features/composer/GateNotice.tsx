import type { Decision } from '@/api/messages';
import { t } from '@/i18n/t';
import { endsAtNoHour, type GoesOn, gateWhy, gateWords, goesOn } from '@/lib/gate-words';
import { Notice } from '@/ui/Banner';
import { Disclosure } from '@/ui/Disclosure';

/** When the gate would let it go on; null where it holds nothing. */
export function heldOf(decision: Decision | undefined, now: number): GoesOn | null {
  if (decision?.verdict !== 'hold' || typeof decision.until !== 'number') return null;
  return goesOn(
    decision.until,
    decision.local_times.map(({ zone }) => zone),
    now,
  );
}

/** What the gate would say of the text, in our words; its own sentence and the law behind "Why". */
export function GateNotice({
  said,
  held,
  className,
}: {
  said: { code: string; detail: string };
  /** When it goes on; null for a refusal. */
  held: GoesOn | null;
  className?: string;
}) {
  const why = gateWhy(said);
  const until = held && !endsAtNoHour(said.code) ? t.states.held_until(held.full) : t.states.held;
  const head = held ? until : t.composer.blocked;
  return (
    <Notice tone={held ? 'warn' : 'bad'} className={className}>
      <strong className="font-semibold">{head}.</strong> {gateWords(said)}
      {why ? (
        <Disclosure label={t.why}>
          <p className="break-words text-label text-muted">{why}</p>
        </Disclosure>
      ) : null}
    </Notice>
  );
}
