import type { Schemas } from '../client';

/** One thing that happened, as the live stream tells it: so much of it as a plan asks for. */
export type Change = Pick<Schemas['Change'], 'kind' | 'conversation_id' | 'subject' | 'data'>;

/** States that put a conversation into the view of failures. */
const FAILED: ReadonlySet<unknown> = new Set<Schemas['Message']['state']>([
  'failed',
  'undelivered',
  'refused',
]);

/** A server of another version may say less or more: what is not as promised counts as not said. */
export function readChange(text: string): Change | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('kind' in value)) return null;
    const told: { [Key in keyof Change]?: unknown } = value;
    const word = (found: unknown) => (typeof found === 'string' ? found : null);
    return {
      kind: word(told.kind) ?? '',
      conversation_id: word(told.conversation_id),
      subject: word(told.subject),
      data: typeof told.data === 'object' ? { ...told.data } : {},
    };
  } catch {
    return null;
  }
}

/** The subject is an id with its prefix; a message's is the one worth fetching alone. */
const messageOf = ({ subject }: Change) => (subject?.startsWith('msg_') ? subject : null);

/** What a batch of changes asks for, each once, whatever their number. */
export interface Plan {
  /** Conversations that may stand elsewhere in a list now, or newly in it. */
  moved: ReadonlySet<string>;
  /** Conversations in which only something on its way changed its state. */
  touched: ReadonlySet<string>;
  /** Messages whose state changed, with their conversation. */
  states: ReadonlyMap<string, string>;
  /** New messages by conversation: what an open thread must hold afterwards. */
  created: ReadonlyMap<string, ReadonlySet<string>>;
  /** Conversations in which what may be sent may be another now. */
  consents: ReadonlySet<string>;
  /** Other nouns that changed. */
  nouns: ReadonlySet<string>;
}

export function planChanges(changes: readonly Change[]): Plan {
  const moved = new Set<string>();
  const touched = new Set<string>();
  const states = new Map<string, string>();
  const created = new Map<string, Set<string>>();
  const consents = new Set<string>();
  const nouns = new Set<string>();
  for (const change of changes) {
    const id = change.conversation_id;
    if (!id) {
      nouns.add(change.kind.split(/[._]/)[0] ?? '');
      continue;
    }
    const message = messageOf(change);
    const settled = change.kind === 'message.state' || change.kind === 'message.changed';
    if (settled && !FAILED.has(change.data.state)) touched.add(id);
    else moved.add(id);
    if (change.kind === 'message.created' && message) {
      const known = created.get(id) ?? new Set();
      created.set(id, known.add(message));
    } else if (change.kind.startsWith('message.') && message) {
      states.set(message, id);
    } else if (change.kind === 'customer.consent' || change.kind.startsWith('unsure_text.')) {
      consents.add(id);
    }
  }
  return { moved, touched, states, created, consents, nouns };
}
