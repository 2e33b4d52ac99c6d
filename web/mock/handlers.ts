import { type Data, INBOXES, MEMBERS, makeData, type Schemas } from './dataset.ts';

/** One answer of the mock: a status and a body. */
export interface Answer {
  status: number;
  body: unknown;
}

export interface Ask {
  method: string;
  path: string;
  query: URLSearchParams;
  body: Record<string, unknown>;
}

type Emit = (change: { kind: string; conversation_id?: string; subject?: string }) => void;
type Work = (ask: Ask, id: string) => unknown;

const me: Schemas['Me'] = {
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

/** The API in memory, enough to look at every screen. Anything unknown is a 404 problem. */
export function makeHandlers(emit: Emit) {
  const data: Data = makeData(2000, Date.now());
  const sending: Schemas['Sending'] = {
    server: { stopped: false, by: null, at: null, reason: null },
    workspace: { stopped: false, by: null, at: null, reason: null },
    inboxes: INBOXES.map((inbox) => ({
      inbox_id: inbox.id,
      name: inbox.name,
      stopped: false,
      by: null,
      at: null,
      reason: null,
    })),
  };
  let faults: Schemas['SimulatorFaults'] = {
    carrier_opt_out: false,
    delay_ms: 0,
    disorder_pct: 0,
    double_pct: 0,
    loss_pct: 0,
    receipt_delay_ms: 800,
    reject_code: null,
    throttle_per_second: null,
  };
  let demo: Schemas['Demo'] = { state: 'ready', done: 2000, total: 2000 };

  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  const row = (id: string) => {
    const found = data.conversations.get(id);
    if (!found) throw new Error('not_found');
    return found;
  };
  const change = (id: string, patch: Partial<Schemas['Conversation']>) => {
    const next = { ...row(id), ...patch };
    data.conversations.set(id, next);
    emit({ kind: 'conversation.changed', conversation_id: id });
    return next;
  };
  const append = (id: string, patch: Partial<Schemas['Message']>): Schemas['Message'] => {
    const list = data.messages.get(id) ?? [];
    const now = Date.now();
    const message: Schemas['Message'] = {
      id: `msg_${crypto.randomUUID().replaceAll('-', '')}`,
      conversation_id: id,
      seq: list.length + 1,
      kind: 'outbound',
      body: '',
      author: { type: 'member', ...me.member },
      media: [],
      purpose: 'conversational',
      state: 'queued',
      state_at: now,
      reason: null,
      held_until: null,
      encoding: 'gsm7',
      parts: 1,
      created_at: now,
      event: null,
      in_flight_at_opt_out: false,
      retry_of: null,
      undo_until: null,
      ...patch,
    };
    data.messages.set(id, [...list, message]);
    const spoken = message.kind === 'inbound' || message.kind === 'outbound';
    change(id, {
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
  };
  const settle = (message: Schemas['Message'], state: Schemas['MessageState'], after: number) =>
    setTimeout(() => {
      const list = data.messages.get(message.conversation_id) ?? [];
      data.messages.set(
        message.conversation_id,
        list.map((item) =>
          item.id === message.id ? { ...item, state, state_at: Date.now() } : item,
        ),
      );
      emit({
        kind: 'message.state',
        conversation_id: message.conversation_id,
        subject: message.id,
      });
    }, after);
  const decision: Schemas['Decision'] = {
    verdict: 'send',
    code: 'ok',
    detail: '',
    until: null,
    rules: [],
    local_times: [{ zone: 'America/Los_Angeles', time: '9:12 AM' }],
  };
  const preview = (body: string): Schemas['TextPreview'] => {
    const odd = [...body]
      .map((char, index) => ({ char, index }))
      .filter(({ char }) => /[^\x20-\x7e\n]/.test(char));
    const per = odd.length > 0 ? 70 : 160;
    const parts = Math.max(1, Math.ceil(body.length / per));
    const smart = body.replaceAll('’', "'").replaceAll('…', '...');
    return {
      decision: /blocked/.test(body)
        ? {
            ...decision,
            verdict: 'refuse',
            code: 'opted_out',
            detail: 'Ava texted STOP on 12 Mar. You can’t text her unless she texts START.',
          }
        : /tonight/.test(body)
          ? {
              ...decision,
              verdict: 'hold',
              code: 'quiet_hours',
              detail: 'Held until 8:00 AM Florida time. Quiet hours there start at 8 PM.',
              until: Date.now() + 9 * 3_600_000,
            }
          : decision,
      encoding: odd.length > 0 ? 'ucs2' : 'gsm7',
      parts,
      per_part: per,
      units: body.length,
      remaining: parts * per - body.length,
      non_gsm: odd.map(({ char, index }) => ({
        char,
        index,
        replacement: char === '’' ? "'" : null,
      })),
      smart:
        smart !== body ? { body: smart, parts: Math.max(1, Math.ceil(smart.length / 160)) } : null,
    };
  };
  const rows = (view: string) =>
    [...data.conversations.values()].filter((item) =>
      view === 'mine'
        ? item.status === 'open' && item.assignee?.id === me.member.id
        : view === 'unassigned'
          ? item.status === 'open' && !item.assignee
          : view === 'snoozed' || view === 'closed'
            ? item.status === view
            : view === 'waiting'
              ? item.status === 'open' && item.waiting_since !== null
              : view === 'failed'
                ? item.has_failed
                : item.status === 'open',
    );
  const phoneTexts = (number: string): Schemas['SimulatorText'][] =>
    [...data.conversations.values()]
      .filter((item) => item.customer.address === number)
      .flatMap((item) =>
        (data.messages.get(item.id) ?? [])
          .filter(
            (message) =>
              message.kind === 'inbound' ||
              (message.kind === 'outbound' && message.state !== 'queued'),
          )
          .map((message) => ({
            id: message.id,
            at: message.created_at,
            body: message.body,
            media: message.media,
            parts: message.parts,
            direction: message.kind === 'inbound' ? ('from_phone' as const) : ('to_phone' as const),
            inbox_address: item.inbox.address,
          })),
      );

  const routes: [string, RegExp, Work][] = [
    ['GET', /^\/me$/, () => me],
    ['GET', /^\/setup$/, () => ({ needed: false })],
    [
      'GET',
      /^\/conversation-counts$/,
      () => ({
        mine: rows('mine').length,
        unassigned: rows('unassigned').length,
        open: rows('all').length,
        snoozed: rows('snoozed').length,
        failed: rows('failed').length,
      }),
    ],
    [
      'GET',
      /^\/conversations$/,
      ({ query }) => {
        const sort = query.get('sort');
        const list = rows(query.get('view') ?? 'all')
          .filter((item) => !query.get('inbox_id') || item.inbox.id === query.get('inbox_id'))
          .sort((a, b) =>
            sort === 'oldest'
              ? a.last_at - b.last_at
              : sort === 'waiting'
                ? (a.waiting_since ?? 0) - (b.waiting_since ?? 0)
                : b.last_at - a.last_at,
          );
        const from = Number(query.get('cursor') ?? 0);
        return {
          items: list.slice(from, from + 50),
          next_cursor: from + 50 < list.length ? String(from + 50) : null,
        };
      },
    ],
    [
      'POST',
      /^\/conversations$/,
      ({ body }) => {
        const first = [...data.conversations.keys()][0] ?? '';
        return {
          conversation: row(first),
          message: append(first, { body: text(body.body) }),
          decision,
        };
      },
    ],
    ['GET', /^\/conversations\/([^/]+)$/, (_ask, id) => row(id)],
    [
      'GET',
      /^\/conversations\/([^/]+)\/messages$/,
      ({ query }, id) => {
        const list = data.messages.get(id) ?? [];
        const after = query.get('after_seq');
        const before = query.get('before_seq');
        if (after)
          return {
            items: list.filter((item) => item.seq > Number(after)).slice(0, 50),
            has_more: false,
          };
        const part = before ? list.filter((item) => item.seq < Number(before)) : list;
        return { items: part.slice(-50), has_more: part.length > 50 };
      },
    ],
    [
      'POST',
      /^\/conversations\/([^/]+)\/messages$/,
      ({ body }, id) => {
        const message = append(id, { id: text(body.message_id), body: text(body.body) });
        settle(message, 'sent', 500);
        settle(message, 'delivered', 1500);
        if (body.close) change(id, { status: 'closed' });
        return { message, decision };
      },
    ],
    [
      'POST',
      /^\/conversations\/([^/]+)\/notes$/,
      ({ body }, id) =>
        append(id, {
          id: text(body.message_id),
          kind: 'note',
          state: 'noted',
          body: text(body.body),
          parts: 0,
        }),
    ],
    [
      'POST',
      /^\/conversations\/([^/]+)\/close$/,
      (_ask, id) => change(id, { status: 'closed', waiting_since: null }),
    ],
    [
      'POST',
      /^\/conversations\/([^/]+)\/reopen$/,
      (_ask, id) => change(id, { status: 'open', snoozed_until: null }),
    ],
    [
      'POST',
      /^\/conversations\/([^/]+)\/snooze$/,
      ({ body }, id) => change(id, { status: 'snoozed', snoozed_until: Number(body.until) }),
    ],
    [
      'POST',
      /^\/conversations\/([^/]+)\/assign$/,
      ({ body }, id) =>
        change(id, {
          assignee: [...MEMBERS].find((member) => member.id === body.member_id) ?? null,
        }),
    ],
    [
      'POST',
      /^\/conversations\/([^/]+)\/read$/,
      (_ask, id) => change(id, { unread: false, read_seq: row(id).last_seq }),
    ],
    ['POST', /^\/conversations\/([^/]+)\/unread$/, (_ask, id) => change(id, { unread: true })],
    [
      'GET',
      /^\/conversations\/([^/]+)\/draft$/,
      () => ({ body: 'Let me check with the wareho', revision: 1, updated_at: 1 }),
    ],
    [
      'PUT',
      /^\/conversations\/([^/]+)\/draft$/,
      ({ body }) => ({
        body: text(body.body),
        revision: Number(body.revision),
        updated_at: Date.now(),
      }),
    ],
    ['DELETE', /^\/conversations\/([^/]+)\/draft$/, () => null],
    ['POST', /^\/text-preview$/, ({ body }) => preview(text(body.body))],
    [
      'GET',
      /^\/messages\/([^/]+)$/,
      (_ask, id) => [...data.messages.values()].flat().find((item) => item.id === id),
    ],
    [
      'GET',
      /^\/customers$/,
      ({ query }) => {
        const q = (query.get('q') ?? '').toLowerCase();
        return {
          items: [...data.customers.values()]
            .filter((item) =>
              `${item.name} ${item.addresses[0]?.address}`.toLowerCase().includes(q),
            )
            .slice(0, 50),
          next_cursor: null,
        };
      },
    ],
    ['GET', /^\/customers\/([^/]+)$/, (_ask, id) => data.customers.get(id)],
    [
      'PATCH',
      /^\/customers\/([^/]+)$/,
      ({ body }, id) => {
        const next = { ...data.customers.get(id), ...body } as Schemas['Customer'];
        data.customers.set(id, next);
        return next;
      },
    ],
    [
      'GET',
      /^\/search$/,
      ({ query }) => {
        const q = (query.get('q') ?? '').toLowerCase();
        return {
          items: [...data.messages.values()]
            .flat()
            .filter((item) => item.body.toLowerCase().includes(q))
            .slice(0, 30)
            .map((item) => ({
              at: item.created_at,
              conversation_id: item.conversation_id,
              customer: row(item.conversation_id).customer,
              message_id: item.id,
              seq: item.seq,
              snippet: item.body,
            })),
        };
      },
    ],
    ['GET', /^\/inboxes$/, () => ({ items: INBOXES })],
    [
      'GET',
      /^\/members$/,
      () => ({
        items: MEMBERS.map((member, at) => ({
          ...member,
          email: `${member.name.split(' ')[0]?.toLowerCase()}@example.com`,
          role: at === 0 ? 'owner' : 'agent',
          created_at: 1,
          disabled_at: null,
        })),
      }),
    ],
    [
      'GET',
      /^\/invites$/,
      () => ({
        items: [
          {
            id: 'inv_1',
            email: 'kim@example.com',
            role: 'agent',
            created_at: Date.now(),
            expires_at: Date.now() + 6e8,
          },
        ],
      }),
    ],
    [
      'POST',
      /^\/invites$/,
      () => ({
        id: 'inv_2',
        link: 'https://hark.example.com/invite/4f2c9a7e',
        email_sent: false,
        expires_at: Date.now() + 6e8,
      }),
    ],
    [
      'GET',
      /^\/api-keys$/,
      () => ({
        items: [
          {
            id: 'key_1',
            name: 'Warehouse',
            scopes: ['read', 'send'],
            purpose: 'transactional',
            inbox_id: null,
            created_at: Date.now() - 9e8,
            last_used_at: Date.now() - 4e5,
          },
        ],
      }),
    ],
    [
      'POST',
      /^\/api-keys$/,
      ({ body }) => ({
        key: {
          id: 'key_2',
          name: text(body.name),
          scopes: ['read'],
          purpose: null,
          inbox_id: null,
          created_at: Date.now(),
          last_used_at: null,
        },
        secret: 'hk_01a2b3c4_6f1e9d5c8b7a',
      }),
    ],
    [
      'GET',
      /^\/providers$/,
      () => ({
        items: [
          {
            provider: 'simulator',
            title: 'Simulator',
            capabilities: {
              simulated: true,
              media: true,
              receipts: true,
              receive: true,
              idempotency_key: true,
              validity_period: true,
            },
            settings_schema: { type: 'object', properties: {} },
          },
          {
            provider: 'acme',
            title: 'Acme Carrier',
            capabilities: {
              simulated: false,
              media: true,
              receipts: true,
              receive: true,
              idempotency_key: false,
              validity_period: true,
            },
            settings_schema: {
              type: 'object',
              required: ['account_sid', 'auth_token'],
              properties: {
                account_sid: {
                  type: 'string',
                  title: 'Account id',
                  description: 'Stands on the first page of the console.',
                },
                auth_token: { type: 'string', title: 'Secret', writeOnly: true },
                region: { type: 'string', title: 'Region', enum: ['us1', 'ie1'], default: 'us1' },
                smart: { type: 'boolean', title: 'Smart encoding' },
              },
            },
          },
        ],
      }),
    ],
    [
      'GET',
      /^\/accounts$/,
      () => ({
        items: [
          {
            id: 'acc_1',
            name: 'Simulator',
            provider: 'simulator',
            settings: {},
            secrets_set: [],
            created_at: 1,
            disabled_at: null,
            inbound_url: null,
            status_url: null,
          },
          {
            id: 'acc_2',
            name: 'Acme US',
            provider: 'acme',
            settings: { account_sid: 'AC12' },
            secrets_set: ['auth_token'],
            created_at: 1,
            disabled_at: null,
            inbound_url: 'https://hark.example.com/hooks/acme/acc_2/inbound',
            status_url: 'https://hark.example.com/hooks/acme/acc_2/status',
          },
        ],
      }),
    ],
    [
      'POST',
      /^\/accounts\/([^/]+)\/test$/,
      () => ({ ok: true, code: 'ok', detail: 'Signed in as Juniper.' }),
    ],
    ['GET', /^\/sending$/, () => sending],
    [
      'PUT',
      /^\/sending\/workspace$/,
      ({ body }) => {
        sending.workspace = body.stopped
          ? { stopped: true, by: me.member.name, at: Date.now(), reason: text(body.reason) }
          : { stopped: false, by: null, at: null, reason: null };
        return sending;
      },
    ],
    [
      'GET',
      /^\/onboarding$/,
      () => ({
        steps: [
          { key: 'simulator_text', done: true, title: 'Text yourself' },
          { key: 'reply', done: false, title: 'Answer' },
          { key: 'account', done: false, title: 'Connect' },
          { key: 'invite', done: false, title: 'Invite' },
          { key: 'live', done: false, title: 'Go live' },
        ],
      }),
    ],
    ['GET', /^\/watches$/, () => ({ items: [] })],
    ['GET', /^\/version$/, () => ({ version: '0.1.0', build: null })],
    [
      'GET',
      /^\/workspace$/,
      () => ({
        ...me.workspace,
        help_text: 'Juniper & Oak support. Reply STOP to opt out.',
        created_at: 1,
      }),
    ],
    [
      'GET',
      /^\/sessions$/,
      () => ({
        items: [
          {
            id: 'ses_1',
            created_at: 1,
            last_seen_at: Date.now(),
            expires_at: 9,
            ip: '10.0.0.4',
            user_agent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0',
            current: true,
          },
        ],
      }),
    ],
    ['GET', /^\/demo$/, () => demo],
    ['DELETE', /^\/demo$/, () => (demo = { state: 'none', done: 0, total: 0 })],
    ['GET', /^\/simulator\/phones$/, () => ({ items: [] })],
    [
      'GET',
      /^\/simulator\/phones\/([^/]+)$/,
      (_ask, number) => ({ number, texts: phoneTexts(decodeURIComponent(number)) }),
    ],
    [
      'POST',
      /^\/simulator\/texts$/,
      ({ body }) => {
        const known = [...data.conversations.values()].find(
          (item) => item.customer.address === body.from && item.inbox.id === body.inbox_id,
        );
        let id = known?.id;
        if (!id) {
          const template = [...data.conversations.values()][0] as Schemas['Conversation'];
          id = `conv_${crypto.randomUUID().replaceAll('-', '')}`;
          const inbox = INBOXES.find((item) => item.id === body.inbox_id) as Schemas['Inbox'];
          data.conversations.set(id, {
            ...template,
            id,
            customer: { id: `cus_${id.slice(5)}`, name: '', address: text(body.from) },
            inbox: { id: inbox.id, name: inbox.name, address: inbox.address },
            assignee: null,
            last_seq: 0,
            read_seq: 0,
          });
          data.customers.set(`cus_${id.slice(5)}`, {
            id: `cus_${id.slice(5)}`,
            name: '',
            addresses: [{ address: text(body.from), opted_out: false, zone_guess: null }],
            notes: '',
            created_at: Date.now(),
            last_at: Date.now(),
            orders: [],
            conversations: [],
          });
          data.messages.set(id, []);
        }
        const message = append(id, {
          kind: 'inbound',
          state: 'received',
          body: text(body.body),
          author: { type: 'customer', id: null, name: '' },
          purpose: null,
        });
        return {
          id: message.id,
          at: message.created_at,
          body: message.body,
          media: [],
          parts: 1,
          direction: 'from_phone',
          inbox_address: row(id).inbox.address,
        };
      },
    ],
    ['GET', /^\/simulator\/faults$/, () => faults],
    [
      'PUT',
      /^\/simulator\/faults$/,
      ({ body }) => (faults = body as unknown as Schemas['SimulatorFaults']),
    ],
  ];

  return (ask: Ask): Answer => {
    for (const [method, pattern, work] of routes) {
      const match = method === ask.method ? pattern.exec(ask.path) : null;
      if (!match) continue;
      const body = work(ask, match[1] ?? '');
      if (body !== undefined) return { status: body === null ? 204 : 200, body };
    }
    return {
      status: 404,
      body: {
        type: 'about:blank',
        title: 'Not found',
        status: 404,
        code: 'not_found',
        detail: 'The mock does not know this.',
      },
    };
  };
}
