import type { Message } from '@/api/messages';
import type { Outgoing } from '@/api/outgoing';
import { daysBetween } from '@/lib/time';

/** Texts of one sender closer together than this are one block. */
const BLOCK_MS = 5 * 60_000;

export type ThreadRow =
  | { type: 'day'; key: string; at: number }
  | { type: 'unread'; key: string }
  | { type: 'event'; key: string; message: Message }
  | {
      type: 'message';
      key: string;
      message: Message;
      first: boolean;
      last: boolean;
      /** Its state is said: the last of a block speaks only for texts that stand where it stands. */
      stated: boolean;
      /** A newer text of the thread is this one, sent again. */
      retried: boolean;
    }
  | { type: 'outgoing'; key: string; item: Outgoing };

function sameBlock(a: Message | undefined, b: Message | undefined): boolean {
  return (
    a !== undefined &&
    b !== undefined &&
    a.kind === b.kind &&
    a.kind !== 'event' &&
    a.author?.id === b.author?.id &&
    a.author?.type === b.author?.type &&
    Math.abs(b.created_at - a.created_at) < BLOCK_MS &&
    daysBetween(a.created_at, b.created_at) === 0
  );
}

/**
 * Which texts say their state: the last of each block, and every one that stands elsewhere than
 * that last one. Else "Delivered" below a block would be read as said of all of it.
 */
function statedIn(messages: readonly Message[]): boolean[] {
  const stated = new Array<boolean>(messages.length).fill(true);
  let last: Message | undefined;
  for (let at = messages.length - 1; at >= 0; at -= 1) {
    const message = messages[at];
    if (!message) continue;
    if (last === undefined || !sameBlock(message, messages[at + 1])) last = message;
    else stated[at] = message.state !== last.state;
  }
  return stated;
}

/** The lines of a thread: messages with day marks, the unread mark, and what is on its way. */
export function threadRows(
  messages: readonly Message[],
  outgoing: readonly Outgoing[],
  readSeq: number | undefined,
): ThreadRow[] {
  const rows: ThreadRow[] = [];
  const retried = new Set(messages.map((message) => message.retry_of));
  const stated = statedIn(messages);
  let marked = readSeq === undefined;
  messages.forEach((message, at) => {
    const before = messages[at - 1];
    const after = messages[at + 1];
    if (!before || daysBetween(before.created_at, message.created_at) !== 0) {
      rows.push({ type: 'day', key: `day-${message.id}`, at: message.created_at });
    }
    if (!marked && readSeq !== undefined && message.seq > readSeq && message.kind === 'inbound') {
      rows.push({ type: 'unread', key: 'unread' });
      marked = true;
    }
    if (message.kind === 'event') {
      rows.push({ type: 'event', key: message.id, message });
    } else {
      rows.push({
        type: 'message',
        key: message.id,
        message,
        first: !sameBlock(before, message),
        last: !sameBlock(message, after),
        stated: stated[at] ?? true,
        retried: retried.has(message.id),
      });
    }
  });
  const known = new Set(messages.map((message) => message.id));
  for (const item of outgoing) {
    if (!known.has(item.id)) rows.push({ type: 'outgoing', key: item.id, item });
  }
  return rows;
}
