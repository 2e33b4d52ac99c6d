import type { components } from '../src/api/schema.gen.ts';

export type Schemas = components['schemas'];

/** A small seeded generator: the same shop at each start. */
export function generator(seed: number) {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

const NAMES = [
  'Ava Brown',
  'Noah Kim',
  'Priya Raman',
  'Diego Salas',
  'Mia Chen',
  'Liam O’Connor',
  'Zoe Adler',
  'Omar Haddad',
  'Grace Lee',
  'Jonas Weber',
  'Amara Okafor',
  'Tess Novak',
  'Ruben Ortiz',
  'Hannah Fox',
  'Kofi Mensah',
  '',
];
const ASKED = [
  'hi, where is my order #1042? it said friday',
  'Do you have the linen shirt in M? The site says sold out',
  'The mug arrived broken 😞 can i get a new one',
  'thank you so much, you saved the birthday!!',
  'I was charged twice. Fix this today please',
  'can I still change the adress',
  'is the blue one machine washable',
  'STOP texting me at night please',
  'When does the sale end?',
];
const ANSWERED = [
  'Hi! It left our warehouse this morning and should be with you tomorrow. Here is the tracking: https://track.example.com/1042',
  'We have two left in M. Shall I put one aside for you?',
  'I’m so sorry about the mug. A new one goes out today, no need to send the old one back.',
  'You’re welcome! Have a lovely party.',
  'I can see both charges. The second one is refunded now, it takes 2–3 days to show up.',
];

/** Messages of the first conversation: the longest thread anyone should meet. */
export const LONG_THREAD = 2000;

export interface Data {
  conversations: Map<string, Schemas['Conversation']>;
  messages: Map<string, Schemas['Message'][]>;
  customers: Map<string, Schemas['Customer']>;
}

const hex = (prefix: string, at: number) => `${prefix}_${at.toString(16).padStart(32, '0')}`;

export const INBOXES: Schemas['Inbox'][] = [
  {
    id: hex('inb', 1),
    name: 'Support',
    address: '+14155550100',
    account_id: hex('acc', 1),
    provider: 'simulator',
    simulated: true,
    live: true,
    live_at: 1,
    stopped: false,
    test_numbers: [],
    created_at: 1,
  },
  {
    id: hex('inb', 2),
    name: 'Wholesale',
    address: '+14155550101',
    account_id: hex('acc', 1),
    provider: 'simulator',
    simulated: true,
    live: false,
    live_at: null,
    stopped: false,
    test_numbers: ['+14155550134'],
    created_at: 1,
  },
];
export const MEMBERS = [
  { id: hex('mem', 1), name: 'Maya Ortiz' },
  { id: hex('mem', 2), name: 'Sam Lee' },
];

export function makeData(count: number, now: number): Data {
  const random = generator(7);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const data: Data = { conversations: new Map(), messages: new Map(), customers: new Map() };
  for (let at = 0; at < count; at += 1) {
    const id = hex('conv', at + 1);
    const name = NAMES[at % NAMES.length] ?? '';
    const address = `+1${pick(['415', '305', '212', '808'])}${String(5_550_000 + at)}`;
    const customer = { id: hex('cus', at + 1), name, address };
    const inbox = INBOXES[at % 5 === 4 ? 1 : 0] as Schemas['Inbox'];
    const lastAt = now - at * 17 * 60_000 - Math.floor(random() * 600_000);
    const total = at === 0 ? LONG_THREAD : 2 + Math.floor(random() * 14);
    const messages: Schemas['Message'][] = [];
    const member = pick(MEMBERS);
    for (let seq = 1; seq <= total; seq += 1) {
      const inbound = seq === total ? at % 3 !== 1 : random() < 0.5;
      const kind =
        seq % 9 === 5 ? 'event' : seq % 11 === 7 ? 'note' : inbound ? 'inbound' : 'outbound';
      const state =
        kind === 'inbound'
          ? 'received'
          : kind !== 'outbound'
            ? 'noted'
            : at % 13 === 1 && seq === total
              ? 'undelivered'
              : at % 17 === 4 && seq === total
                ? 'held'
                : 'delivered';
      const created = lastAt - (total - seq) * 23 * 60_000;
      messages.push({
        id: hex('msg', at * 4096 + seq),
        conversation_id: id,
        seq,
        kind,
        body:
          kind === 'note'
            ? 'Second time this month, be generous.'
            : kind === 'event'
              ? ''
              : inbound
                ? pick(ASKED)
                : pick(ANSWERED),
        author:
          kind === 'inbound'
            ? { type: 'customer', id: customer.id, name }
            : { type: 'member', ...member },
        media: [],
        purpose: kind === 'outbound' ? 'conversational' : null,
        topic: '',
        class: kind === 'outbound' ? 'conversational' : null,
        legal_basis: kind === 'outbound' ? 'inquiry' : null,
        state,
        state_at: created,
        reason:
          state === 'undelivered'
            ? { code: 'filtered', detail: 'The carrier rejected the link.' }
            : null,
        held_until: state === 'held' ? now + 9 * 3_600_000 : null,
        next_try: null,
        encoding: 'gsm7',
        parts: kind === 'event' || kind === 'note' ? 0 : 1,
        created_at: created,
        event:
          kind === 'event'
            ? {
                kind: seq % 2 ? 'assigned' : 'closed',
                data: { member_id: member.id, member_name: member.name },
              }
            : null,
        in_flight_at_opt_out: false,
        retry_of: null,
        undo_until: null,
      });
    }
    const last = messages.findLast(
      (message) => message.kind === 'inbound' || message.kind === 'outbound',
    );
    const unread = at % 4 === 0 && last?.kind === 'inbound';
    const status = at % 10 === 9 ? 'closed' : at % 14 === 6 ? 'snoozed' : 'open';
    const row: Schemas['Conversation'] = {
      id,
      customer,
      inbox: { id: inbox.id, name: inbox.name, address: inbox.address },
      status,
      assignee: at % 3 === 0 ? null : member,
      preview: last?.body ?? '',
      last_direction: last?.kind === 'inbound' ? 'inbound' : 'outbound',
      last_at: lastAt,
      waiting_since: last?.kind === 'inbound' && status === 'open' ? lastAt : null,
      unread,
      snoozed_until: status === 'snoozed' ? now + 20 * 3_600_000 : null,
      complaint_since: at === 1 ? lastAt : null,
      has_failed: last?.state === 'undelivered',
      opted_out: at % 19 === 8,
      draft: at === 2,
      last_seq: total,
      created_at: lastAt - 86_400_000,
      read_seq: unread ? Math.max(0, total - 2) : total,
    };
    data.conversations.set(id, row);
    data.messages.set(id, messages);
    data.customers.set(customer.id, {
      id: customer.id,
      name,
      merged_into: null,
      merges: [],
      addresses: [{ address, opted_out: row.opted_out, zone_guess: 'America/Los_Angeles' }],
      places: [
        {
          kind: 'shipping',
          country: 'US',
          region: 'CA',
          postal_code: '94103',
          time_zone: '',
          source: 'shop',
          known_at: lastAt - 6 * 86_400_000,
        },
      ],
      whereabouts: [
        {
          address,
          zones: ['America/Los_Angeles'],
          states: ['CA'],
          told_by: ['number', 'shipping'],
          unread: [],
        },
      ],
      notes: at === 0 ? 'Prefers the short answer. Size M.' : '',
      created_at: lastAt - 40 * 86_400_000,
      last_at: lastAt,
      orders: [
        {
          id: hex('ord', at),
          number: `#${1042 + at}`,
          status: pick(['shipped', 'delivered', 'refunded', 'paid']),
          total: { minor: 4800 + at * 130, currency: 'USD' },
          items: [
            { title: 'Linen shirt, sand, M', quantity: 1 },
            { title: 'Stoneware mug', quantity: 2 },
          ],
          placed_at: lastAt - 6 * 86_400_000,
          tracking: '1Z999',
        },
      ],
      conversations: [row],
    });
  }
  return data;
}
