import type { Decision } from '@/api/messages';

/** The gate's word for "nothing was written yet": true, and no news to whoever is about to write. */
const NOTHING_YET = 'empty_text';

/**
 * Why the gate would refuse, if it would. An empty field is refused as well; what counts then is any
 * other rule that would refuse whatever is written, an opt-out for example.
 */
export function refusalOf(decision: Decision | undefined): { code: string; detail: string } | null {
  if (decision?.verdict !== 'refuse') return null;
  if (decision.code !== NOTHING_YET) return decision;
  return (
    decision.rules.find((rule) => rule.verdict === 'refuse' && rule.code !== NOTHING_YET) ?? null
  );
}
