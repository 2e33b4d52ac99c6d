import type { Schemas } from '../dataset.ts';

const daily = (opens_min: number, closes_min: number) =>
  Array.from({ length: 7 }, () => ({ opens_min, closes_min }));

const RULE: Schemas['Rule'] = {
  id: 'us_federal_hours',
  version: 'us_federal_1',
  places: ['US'],
  purposes: ['marketing'],
  in_force: true,
  from: null,
  waits_until: null,
  until: null,
  confidence: 'high',
  law: '47 CFR 64.1200(c)(1): 8 a.m. to 9 p.m. at the called party’s location',
  sources: ['DIG'],
  note: '',
  effect: { kind: 'hours', week: daily(480, 1260), closed: [], clock: null },
};

export const MOCK_RULES: Schemas['Rule'][] = [
  RULE,
  {
    ...RULE,
    id: 'us_revoke_all',
    law: '47 CFR 64.1200(a)(10): an opt-out reaches every text',
    waits_until: Date.UTC(2027, 0, 31),
    in_force: false,
    effect: { kind: 'revoke_all' },
  },
  {
    ...RULE,
    id: 'us_fl_hours',
    version: 'us_states_1',
    places: ['US-FL'],
    law: 'Fla. Stat. 501.616(6)(a); $500 to $1,500; a Florida area code is presumed a resident',
    sources: ['NOLO', 'DIG'],
    effect: { kind: 'hours', week: daily(480, 1200), closed: [], clock: null },
  },
  {
    ...RULE,
    id: 'us_fl_cap',
    version: 'us_states_1',
    places: ['US-FL', 'US-OK'],
    law: 'Fla. Stat. 501.059(8)(b): three in 24 hours on the same subject',
    sources: ['NOLO'],
    effect: { kind: 'cap', count: 3, span_ms: 86_400_000 },
  },
  {
    ...RULE,
    id: 'us_al_hours',
    version: 'us_states_1',
    places: ['US-AL'],
    confidence: 'low',
    law: 'Alabama Public Service Commission, telephone solicitation rule',
    sources: ['DROP'],
    note: 'Unclear whether it reaches texts; one source says it binds telephone utilities only.',
    effect: {
      kind: 'hours',
      week: [...daily(480, 1200).slice(0, 6), null],
      closed: ['us_federal', 'us_al'],
      clock: null,
    },
  },
  {
    ...RULE,
    id: 'content_link_shortener',
    version: 'content_1',
    places: ['everywhere'],
    law: 'CTIA Messaging Principles 5.3.2',
    sources: ['DIG'],
    effect: {
      kind: 'content',
      code: 'link_shortener',
      look: 'hosts',
      refuses: true,
      fix: 'Link to your own domain; Hark can shorten on it.',
      list: ['bit.ly', 'goo.gl', 'tinyurl.com'],
    },
  },
];

export const MOCK_SOURCES: Schemas['RuleSource'][] = [
  { key: 'DIG', source: 'A digest of the CFR, the CTIA and the FCC of 11 August 2026' },
  { key: 'DROP', source: 'https://rules.example/states' },
  { key: 'NOLO', source: 'https://law.example/florida' },
];
