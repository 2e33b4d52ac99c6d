import type { Schemas } from '../dataset.ts';
import { newId, type Route, text, type World } from '../world.ts';
import { MOCK_RULES, MOCK_SOURCES } from './rules.ts';

const EAST = ['ME', 'VT', 'NH', 'NY', 'MA', 'RI', 'CT', 'NJ', 'PA', 'DE', 'MD', 'DC', 'VA', 'NC'];
const WEST = ['WA', 'OR', 'CA', 'NV'];
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DISCLOSURE =
  'By ticking this box I agree to recurring marketing texts from Juniper & Oak at the number given. Consent is no condition of purchase. Message and data rates may apply. Reply STOP to end, HELP for help.';

const place = (state: string, zone: string, open: boolean, at: number): Schemas['StateWindow'] => ({
  state,
  open,
  changes_at: at,
  local_times: [{ zone, time: '2026-03-06T20:12' }],
});

const whole = <Item>(items: Item[]) => ({ items, next_cursor: null });

/** What the gate said of a text, as it would be recorded. */
function decision(held: boolean, until: number | null): Schemas['DecisionRecord'] {
  const said: Schemas['RuleVerdict'] = held
    ? {
        rule: 'us_fl_hours',
        verdict: 'hold',
        code: 'quiet_hours',
        detail: 'In Florida such texts may be sent from 08:00 to 20:00.',
        version: 'us_states_1',
        fix: null,
        given: { time: '20:12', zone: 'America/New_York', opens: 480, closes: 1200 },
      }
    : {
        rule: 'consent',
        verdict: 'refuse',
        code: 'consent_missing',
        detail: 'Marketing needs their written consent, and the ledger has none.',
        version: null,
        fix: 'Ask for it on the opt-in page.',
        given: { needed: 'written' },
      };
  return {
    no: 1,
    pass: 'accept',
    at: Date.now() - 12 * MINUTE,
    pack: 'default_1',
    tz_db: '2026a',
    valid_until: null,
    verdict: said.verdict,
    code: said.code,
    detail: said.detail,
    until,
    rules: [
      said,
      {
        rule: 'us_fl_night',
        verdict: 'send',
        code: 'clear',
        detail: 'It sells, so that the row about service texts does not speak.',
        version: 'us_states_1',
        fix: null,
        given: {},
      },
    ],
    local_times: [{ zone: 'America/New_York', time: '2026-03-06T20:12' }],
    basis: {
      origin: 'api',
      purpose: 'marketing',
      declared: null,
      legal_basis: null,
      at: Date.now() - 12 * MINUTE,
      real: false,
      live: true,
      opted_out_since: null,
      last_inbound_at: null,
      automatic_recent: 0,
      states: ['FL', 'GA'],
      certainty: 'area_code',
      told_by: ['number', 'shipping'],
      unread: [],
      marketing_known: 1,
      consent: null,
      overrides: null,
    },
  };
}

export function complianceRoutes({ data }: World): Route[] {
  const customers = [...data.customers.values()];
  const talks = [...data.conversations.values()];
  const number = (at: number) => customers[at]?.addresses[0]?.address ?? '+12125550100';
  const gated = (at: number, held: boolean): Schemas['GatedText'] => {
    const talk = talks[at] as Schemas['Conversation'];
    const until = held && at !== 5 ? Date.now() + (at + 1) * (at + 1) * 25 * MINUTE : null;
    const verdict = decision(held, until);
    return {
      customer: talk.customer,
      decision: verdict,
      message: {
        ...((data.messages.get(talk.id) ?? [])[0] as Schemas['Message']),
        id: `msg_${String(at).padStart(32, '0')}`,
        conversation_id: talk.id,
        kind: 'outbound',
        author: { type: 'api', id: 'key_1', name: 'Warehouse' },
        purpose: 'marketing',
        class: 'marketing',
        legal_basis: null,
        body: 'Juniper & Oak: the walnut boards are back, and 20% off until Sunday. https://juniper.example/walnut Reply STOP to end.',
        state: held ? 'held' : 'refused',
        state_at: Date.now() - at * 3 * HOUR,
        held_until: until,
        next_try: null,
        reason: { code: verdict.code, detail: verdict.detail },
      },
    };
  };
  let unsure: Schemas['UnsureText'][] = (
    [
      ['too many texts', 'unsure:too_many'],
      ['how did you get my number?', 'unsure:who_are_you'],
      ['Not interested, thanks', 'unsure:not_interested'],
    ] as const
  ).map(([body, matched_by], at) => ({
    message_id: `msg_${String(at + 40).padStart(32, '0')}`,
    conversation_id: talks[at]?.id ?? '',
    customer_id: customers[at]?.id ?? '',
    address: number(at),
    body,
    matched_by,
    asked_at: Date.now() - (3 - at) * 47 * MINUTE,
    answered_at: null,
    answer: null,
  }));
  const entry = (at: number, patch: Partial<Schemas['Consent']>): Schemas['Consent'] => ({
    id: `con_${String(at).padStart(32, '0')}`,
    address: number(at % 4),
    customer_id: customers[at % 4]?.id ?? null,
    permits: 'marketing',
    topic: '',
    action: 'grant',
    proof: 'written',
    method: 'web_form',
    disclosure: { locale: 'en-US', text: DISCLOSURE },
    message_id: null,
    evidence: { source_url: 'https://juniper.example/texts', ip: '192.0.2.7' },
    actor_kind: 'api_key',
    actor_name: 'Warehouse',
    occurred_at: Date.now() - at * 29 * HOUR,
    recorded_at: Date.now() - at * 29 * HOUR,
    ...patch,
  });
  const consents: Schemas['Consent'][] = [
    entry(0, {}),
    entry(1, {
      action: 'revoke',
      permits: 'all',
      proof: 'express',
      method: 'own_words',
      disclosure: null,
      evidence: { words: 'please stop texting me', matched_by: 'phrase:stop_texting' },
      actor_kind: 'system',
      actor_name: null,
    }),
    entry(2, { action: 'request', method: 'checkout' }),
    entry(3, {
      action: 'doubt',
      proof: 'express',
      method: 'own_words',
      disclosure: null,
      evidence: { words: 'too many texts', matched_by: 'unsure:too_many' },
      actor_kind: 'system',
      actor_name: null,
    }),
    entry(4, { method: 'paper', actor_kind: 'member', actor_name: 'Maya Ortiz', topic: 'sales' }),
  ];
  const optOuts: Schemas['OptOut'][] = customers.slice(0, 8).map((customer, back) => {
    const own = back % 3 === 0;
    return {
      address: customer.addresses[0]?.address ?? '',
      scope: back === 4 ? 'marketing' : 'all',
      since: Date.now() - back * 26 * HOUR,
      source: `${own ? 'own_words' : 'keyword'}:con_1`,
      customer_id: customer.id,
      customer_name: customer.name,
      heard: {
        consent_id: 'con_1',
        method: own ? 'own_words' : 'keyword',
        words: own ? 'please stop texting me' : 'STOP',
        matched_by: own ? 'phrase:stop_texting' : 'keyword:stop',
        message_id: 'msg_1',
        conversation_id: talks[back]?.id ?? null,
        actor_kind: 'system',
        actor_name: null,
      },
    };
  });
  let packs: Schemas['EvidencePack'][] = [];
  const step = () => {
    packs = packs.map((pack) => {
      const done = Math.min(pack.total, pack.done + 40);
      const ready = done === pack.total;
      return {
        ...pack,
        done,
        state: ready ? 'ready' : 'making',
        bytes: ready ? 184_320 : null,
        sha256: ready ? 'a3'.repeat(32) : null,
        finished_at: ready ? Date.now() : null,
      };
    });
    return whole(packs);
  };
  return [
    [
      'GET',
      /^\/windows$/,
      (): Schemas['WindowMap'] => {
        const at = Date.now();
        return {
          at,
          pack: 'default_1',
          tz_db: '2026a',
          states: [
            ...EAST.map((state) => place(state, 'America/New_York', false, at + 11 * HOUR)),
            ...WEST.map((state) => place(state, 'America/Los_Angeles', true, at + 2 * HOUR)),
          ],
        };
      },
    ],
    ['GET', /^\/held-texts$/, () => whole([0, 1, 2, 3, 5].map((at) => gated(at, true)))],
    ['GET', /^\/refused-texts$/, () => whole([0, 1, 2, 3].map((at) => gated(at, false)))],
    ['GET', /^\/unsure-texts$/, () => whole(unsure)],
    [
      'POST',
      /^\/unsure-texts\/([^/]+)\/answer$/,
      ({ body }, id) => {
        const found = unsure.find((one) => one.message_id === id);
        unsure = unsure.filter((one) => one.message_id !== id);
        return {
          ...found,
          answer: body.asked_to_stop ? 'opted_out' : 'stays',
          answered_at: Date.now(),
        };
      },
    ],
    ['GET', /^\/opt-outs$/, () => whole(optOuts)],
    [
      'POST',
      /^\/opt-outs$/,
      ({ body }) => {
        const address = text(body.address);
        optOuts.unshift({
          address,
          scope: text(body.permits) || 'all',
          since: Date.now(),
          source: 'agent:con_2',
          customer_id: null,
          customer_name: '',
          heard: {
            consent_id: 'con_2',
            method: 'agent',
            words: text(body.note),
            matched_by: null,
            message_id: null,
            conversation_id: null,
            actor_kind: 'member',
            actor_name: 'Maya Ortiz',
          },
        });
        for (const customer of customers) {
          for (const known of customer.addresses) {
            if (known.address === address) known.opted_out = true;
          }
        }
        return { consent: entry(9, { address, action: 'revoke', permits: 'all' }), standing: null };
      },
    ],
    [
      'GET',
      /^\/consents$/,
      ({ query }) =>
        whole(
          consents.filter((one) => !query.get('address') || one.address === query.get('address')),
        ),
    ],
    [
      'POST',
      /^\/consents$/,
      ({ body }) => {
        const made = entry(0, { ...body, id: newId('con'), actor_kind: 'member' });
        consents.unshift({ ...made, actor_name: 'Maya Ortiz' });
        return { consent: made, standing: null };
      },
    ],
    [
      'GET',
      /^\/audit-actions$/,
      () => ({ items: ['api_key.create', 'sending.stop', 'session.create'] }),
    ],
    [
      'GET',
      /^\/audit$/,
      ({ query }) =>
        whole(
          ['sending.stop', 'session.create', 'api_key.create', 'session.create']
            .map((action, at): Schemas['AuditEntry'] => ({
              id: `aud_${String(at).padStart(32, '0')}`,
              at: Date.now() - at * 5 * HOUR,
              actor_kind: at === 2 ? 'cli' : 'member',
              actor_id: at === 2 ? null : 'mem_00000000000000000000000000000001',
              actor_name: at === 2 ? null : 'Maya Ortiz',
              action,
              subject: at === 0 ? 'ws_00000000000000000000000000000001' : newId('ses'),
              detail: at === 0 ? { reason: 'A wrong link went out' } : { ip: '192.0.2.7' },
            }))
            .filter((one) => !query.get('action') || one.action === query.get('action')),
        ),
    ],
    [
      'GET',
      /^\/evidence-key$/,
      (): Schemas['EvidenceKey'] => ({
        public_key: '8f'.repeat(32),
        signed_seq: 20_480,
        signed_at: Date.now() - 22 * MINUTE,
        signed_hash: '5c'.repeat(32),
      }),
    ],
    ['GET', /^\/evidence-packs$/, step],
    [
      'POST',
      /^\/evidence-packs$/,
      ({ body }) => {
        const made: Schemas['EvidencePack'] = {
          id: newId('pack'),
          address: text(body.address),
          state: 'making',
          done: 0,
          total: 120,
          bytes: null,
          sha256: null,
          actor_kind: 'member',
          actor_id: 'mem_00000000000000000000000000000001',
          actor_name: 'Maya Ortiz',
          created_at: Date.now(),
          finished_at: null,
          expires_at: Date.now() + 24 * HOUR,
        };
        packs = [made, ...packs];
        return made;
      },
    ],
    [
      'GET',
      /^\/rule-packs$/,
      (): { items: Schemas['RulePackBrief'][] } => ({
        items: ['federal_1', 'default_1'].map((id) => ({
          id,
          current: id === 'default_1',
          versions: ['us_federal_1', 'us_states_1'],
          rules: MOCK_RULES.length,
        })),
      }),
    ],
    [
      'GET',
      /^\/rule-packs\/([^/]+)$/,
      (_ask, id): Schemas['RulePack'] => ({
        id,
        current: id === 'default_1',
        rules: id === 'federal_1' ? MOCK_RULES.slice(0, 2) : MOCK_RULES,
        sources: MOCK_SOURCES,
      }),
    ],
  ];
}
