/** One thing that happened, as the live stream tells it. */
export interface Change {
  kind: string;
  conversation_id?: string;
  message_id?: string;
  /** Where the message stands now. */
  state?: string;
}

/** States that put a conversation into the view of failures. */
const FAILED = new Set(['failed', 'undelivered', 'refused']);

export function readChange(text: string): Change | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('kind' in value)) return null;
    const word = (key: string) => {
      const found = (value as Record<string, unknown>)[key];
      return typeof found === 'string' ? found : undefined;
    };
    const conversation = word('conversation_id');
    // The subject is an id with its prefix; a message's is the one worth fetching alone.
    const subject = word('subject');
    const message = subject?.startsWith('msg_') ? subject : undefined;
    const data = 'data' in value ? value.data : null;
    const state =
      typeof data === 'object' && data !== null && 'state' in data && typeof data.state === 'string'
        ? data.state
        : undefined;
    return {
      kind: word('kind') ?? '',
      ...(conversation ? { conversation_id: conversation } : {}),
      ...(message ? { message_id: message } : {}),
      ...(state ? { state } : {}),
    };
  } catch {
    return null;
  }
}

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
    const settled = change.kind === 'message.state' || change.kind === 'message.changed';
    if (settled && !FAILED.has(change.state ?? '')) touched.add(id);
    else moved.add(id);
    if (change.kind === 'message.created' && change.message_id) {
      const known = created.get(id) ?? new Set();
      created.set(id, known.add(change.message_id));
    } else if (change.kind.startsWith('message.') && change.message_id) {
      states.set(change.message_id, id);
    } else if (change.kind === 'customer.consent' || change.kind.startsWith('unsure_text.')) {
      consents.add(id);
    }
  }
  return { moved, touched, states, created, consents, nouns };
}
