import { t } from '@/i18n/t';

/**
 * The words under a name in a list. The server says "Photo" of a customer's bare photo itself;
 * what we sent without words can only have been one; with nothing heard on either side the
 * conversation holds notes or refused texts, which are no preview.
 */
export function previewOf(row: {
  preview: string;
  last_direction: 'inbound' | 'outbound';
  has_failed: boolean;
}): string {
  if (row.preview) return row.preview;
  if (row.last_direction === 'outbound') return t.inbox.photo;
  return row.has_failed ? t.inbox.not_sent : t.inbox.no_text;
}
