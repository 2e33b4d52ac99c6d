import { t } from '@/i18n/t';

/**
 * The words under a name in a list. The server says "Photo" of a customer's bare photo itself;
 * what we sent without words can only have been one. Without words a customer's text is empty, or
 * none came and one of ours was refused, which is no preview; who waits for us has written.
 */
export function previewOf(row: {
  preview: string;
  last_direction: 'inbound' | 'outbound';
  has_failed: boolean;
  waiting_since?: number | null;
}): string {
  if (row.preview) return row.preview;
  if (row.last_direction === 'outbound') return t.inbox.photo;
  const heard = typeof row.waiting_since === 'number';
  return row.has_failed && !heard ? t.inbox.not_sent : t.thread.empty_text;
}
