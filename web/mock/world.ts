import { type Data, INBOXES, makeData, type Schemas } from './dataset.ts';

export interface Ask {
  method: string;
  path: string;
  query: URLSearchParams;
  body: Record<string, unknown>;
}

/** One line of the mock's table: a method, a path with at most one id in it, and what answers. */
export type Route = [string, RegExp, (ask: Ask, id: string) => unknown];

export type Emit = (change: { kind: string; conversation_id?: string; subject?: string }) => void;

export const ME: Schemas['Me'] = {
  csrf: 'mock',
  member: {
    id: 'mem_00000000000000000000000000000001',
    name: 'Maya Ortiz',
    email: 'maya@example.com',
  },
  permissions: [
    'read',
    'write',
    'send',
    'settings_read',
    'settings_write',
    'sending_stop',
    'members_write',
    'keys_write',
    'audit_read',
    'privacy',
    'server_operate',
  ],
  role: 'owner',
  version: '0.1.0',
  workspace: {
    id: 'ws_1',
    name: 'Juniper & Oak',
    brand: 'Juniper & Oak',
    time_zone: 'America/Los_Angeles',
  },
  workspaces: [{ id: 'ws_1', name: 'Juniper & Oak', role: 'owner' }],
};

export const DECISION: Schemas['Decision'] = {
  verdict: 'send',
  code: 'ok',
  detail: '',
  until: null,
  rules: [],
  local_times: [{ zone: 'America/Los_Angeles', time: '2026-03-06T09:12' }],
};

export const text = (value: unknown) => (typeof value === 'string' ? value : '');
export const newId = (prefix: string) => `${prefix}_${crypto.randomUUID().replaceAll('-', '')}`;

/** What the mock remembers, and the few ways it changes. Every change is told on the live stream. */
export class World {
  readonly data: Data;
  private readonly emit: Emit;

  constructor(conversations: number, emit: Emit) {
    this.data = makeData(conversations, Date.now());
    this.emit = emit;
  }

  row(id: string): Schemas['Conversation'] {
    const found = this.data.conversations.get(id);
    if (!found) throw new Error('not_found');
    return found;
  }

  change(id: string, patch: Partial<Schemas['Conversation']>): Schemas['Conversation'] {
    const next = { ...this.row(id), ...patch };
    this.data.conversations.set(id, next);
    this.emit({ kind: 'conversation.changed', conversation_id: id });
    return next;
  }

  append(id: string, patch: Partial<Schemas['Message']>): Schemas['Message'] {
    const list = this.data.messages.get(id) ?? [];
    const now = Date.now();
    const message: Schemas['Message'] = {
      id: newId('msg'),
      conversation_id: id,
      seq: list.length + 1,
      kind: 'outbound',
      body: '',
      author: { type: 'member', ...ME.member },
      media: [],
      purpose: 'conversational',
      topic: '',
      class: 'conversational',
      legal_basis: 'inquiry',
      state: 'queued',
      state_at: now,
      reason: null,
      held_until: null,
      next_try: null,
      encoding: 'gsm7',
      parts: 1,
      created_at: now,
      event: null,
      in_flight_at_opt_out: false,
      retry_of: null,
      undo_until: null,
      ...patch,
    };
    this.data.messages.set(id, [...list, message]);
    this.emit({ kind: 'message.added', conversation_id: id, subject: message.id });
    const spoken = message.kind === 'inbound' || message.kind === 'outbound';
    this.change(id, {
      last_seq: message.seq,
      ...(spoken
        ? {
            preview: message.body,
            last_at: now,
            last_direction: message.kind === 'inbound' ? 'inbound' : 'outbound',
            waiting_since: message.kind === 'inbound' ? now : null,
            unread: message.kind === 'inbound',
            status: 'open',
          }
        : {}),
    });
    return message;
  }

  /** The carrier's word on a message, some milliseconds from now. */
  settle(message: Schemas['Message'], state: Schemas['MessageState'], after: number) {
    setTimeout(() => {
      const list = this.data.messages.get(message.conversation_id) ?? [];
      this.data.messages.set(
        message.conversation_id,
        list.map((item) =>
          item.id === message.id ? { ...item, state, state_at: Date.now() } : item,
        ),
      );
      this.emit({
        kind: 'message.state',
        conversation_id: message.conversation_id,
        subject: message.id,
      });
    }, after);
  }

  view(view: string): Schemas['Conversation'][] {
    return [...this.data.conversations.values()].filter((item) => {
      switch (view) {
        case 'mine':
          return item.status === 'open' && item.assignee?.id === ME.member.id;
        case 'unassigned':
          return item.status === 'open' && !item.assignee;
        case 'snoozed':
        case 'closed':
          return item.status === view;
        case 'waiting':
          return item.status === 'open' && item.waiting_since !== null;
        case 'failed':
          return item.has_failed;
        default:
          return item.status === 'open';
      }
    });
  }

  /** The conversation of a number with an inbox; begun if there is none. */
  conversationOf(number: string, inboxId: string): string {
    const known = [...this.data.conversations.values()].find(
      (item) => item.customer.address === number && item.inbox.id === inboxId,
    );
    if (known) return known.id;
    const template = [...this.data.conversations.values()][0] as Schemas['Conversation'];
    const id = newId('conv');
    const customer = { id: `cus_${id.slice(5)}`, name: '', address: number };
    const inbox = INBOXES.find((item) => item.id === inboxId) ?? (INBOXES[0] as Schemas['Inbox']);
    const row: Schemas['Conversation'] = {
      ...template,
      id,
      customer,
      inbox: { id: inbox.id, name: inbox.name, address: inbox.address },
      assignee: null,
      draft: false,
      last_seq: 0,
      read_seq: 0,
    };
    this.data.conversations.set(id, row);
    this.data.customers.set(customer.id, {
      id: customer.id,
      name: '',
      merged_into: null,
      merges: [],
      addresses: [{ address: number, opted_out: false, zone_guess: null }],
      places: [],
      whereabouts: [{ address: number, zones: [], states: [], told_by: ['number'], unread: [] }],
      notes: '',
      created_at: Date.now(),
      last_at: Date.now(),
      orders: [],
      conversations: [row],
    });
    this.data.messages.set(id, []);
    return id;
  }
}
