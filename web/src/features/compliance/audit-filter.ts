import type { AuditFilter } from '@/api/compliance';

/** The filters as they stand in the address: days as a date field writes them. */
export interface AuditWords {
  actor?: string | undefined;
  action?: string | undefined;
  subject?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
}

/** A day of this computer's calendar as the instant it begins, or the next one does. */
function dayAt(day: string | undefined, next: boolean): number | undefined {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day ?? '') ?? [];
  if (!year) return undefined;
  return new Date(Number(year), Number(month) - 1, Number(date) + (next ? 1 : 0)).getTime();
}

/** What the API is asked for. A day that is named last is meant whole. */
export function auditFilter(words: AuditWords): AuditFilter {
  const since = dayAt(words.since, false);
  const until = dayAt(words.until, true);
  const subject = words.subject?.trim();
  return {
    ...(words.actor ? { actor: words.actor } : {}),
    ...(words.action ? { action: words.action } : {}),
    ...(subject ? { subject } : {}),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
}
