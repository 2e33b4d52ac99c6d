import type { Message } from '@/api/messages';
import { t } from '@/i18n/t';
import { moment } from '@/lib/time';

/** One line for something that happened in a conversation. */
export function eventWords(
  message: Message,
  now: number,
  memberName: (id: string) => string | undefined,
): string {
  const who = message.author?.name || t.events.someone;
  const data: Record<string, unknown> = { ...message.event?.data };
  const word = (...keys: string[]) => {
    for (const key of keys) {
      const value = data[key];
      if (typeof value === 'string' && value) return value;
    }
    return '';
  };
  const kind = message.event?.kind ?? '';
  switch (kind.replace(/^conversation[._]/, '').replace(/^customer[._]/, '')) {
    case 'assigned': {
      const member = word('member');
      const to = memberName(member);
      if (!to || member === message.author?.id) return t.events.assigned_self(who);
      return t.events.assigned(who, to);
    }
    case 'unassigned':
      return t.events.unassigned(who);
    case 'closed':
      return t.events.closed(who);
    case 'reopened':
      return message.author?.type === 'member' ? t.events.reopened(who) : t.events.reopened_inbound;
    case 'complaint_opened':
      return t.events.complaint_opened(who);
    case 'complaint_settled':
      return t.events.complaint_settled(who);
    case 'snoozed': {
      const until = data.until ?? data.snoozed_until;
      return t.events.snoozed(who, typeof until === 'number' ? moment(until, now) : '');
    }
    case 'woken':
    case 'woke':
    case 'unsnoozed':
    case 'snooze_ended':
      return t.events.snooze_ended;
    case 'opted_out':
    case 'opt_out':
      return t.events.opted_out(who);
    case 'opted_in':
    case 'opt_in':
      return t.events.opted_in(who);
    case 'renamed':
      return t.events.renamed(who, word('name'));
    default:
      return message.body || t.events.other(kind);
  }
}
