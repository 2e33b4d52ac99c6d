import type { Schemas } from '../dataset.ts';
import { newId, type Route, text } from '../world.ts';

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
  floor: true,
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
    floor: false,
    places: ['US-FL'],
    law: 'Fla. Stat. 501.616(6)(a); $500 to $1,500; a Florida area code is presumed a resident',
    sources: ['NOLO', 'DIG'],
    effect: { kind: 'hours', week: daily(480, 1200), closed: [], clock: null },
  },
  {
    ...RULE,
    id: 'us_fl_cap',
    version: 'us_states_1',
    floor: false,
    places: ['US-FL', 'US-OK'],
    law: 'Fla. Stat. 501.059(8)(b): three in 24 hours on the same subject',
    sources: ['NOLO'],
    effect: { kind: 'cap', count: 3, span_ms: 86_400_000 },
  },
  {
    ...RULE,
    id: 'us_al_hours',
    version: 'us_states_1',
    floor: false,
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
    floor: false,
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

const PRESETS = ['default', 'federal', 'strict_us', 'ultra'];
const DAY = 86_400_000;

/** What the gate applies, and what was changed in it. */
export function ruleRoutes(): Route[] {
  let choice = 'default';
  let overrides: Schemas['RuleOverride'][] = [
    {
      id: newId('ovr'),
      rule: 'closed_la',
      kind: 'close',
      value: 'US-LA',
      loosens: false,
      state: 'standing',
      reason: 'State of emergency declared on Tuesday',
      from: Date.now() - DAY,
      until: Date.now() + 6 * DAY,
      by: 'Maya Ortiz',
      created_at: Date.now() - DAY,
      ended_at: null,
      ended_by: null,
      ended_reason: null,
    },
  ];
  const now = (): Schemas['Rules'] => ({
    pack: `${choice}_1`,
    choice,
    fingerprint: overrides.length > 0 ? '9f86d081884c7d65' : null,
    since: Date.now() - DAY,
    presets: PRESETS.map((name) => ({ name, pack: `${name}_1` })),
    overrides: overrides.filter(({ state }) => state === 'standing' || state === 'coming'),
  });
  let runs: Schemas['RuleDryRun'][] = [];
  const stepRun = (run: Schemas['RuleDryRun']): Schemas['RuleDryRun'] => {
    if (run.state !== 'trying') return run;
    const done = Math.min(run.total, run.done + 400);
    return {
      ...run,
      done,
      judged: done,
      same: done - 3,
      changes: [{ was: 'send', becomes: 'hold', texts: 3 }],
      state: done === run.total ? 'done' : 'trying',
      finished_at: done === run.total ? Date.now() : null,
    };
  };
  return [
    [
      'GET',
      /^\/rule-dry-runs$/,
      () => {
        runs = runs.map(stepRun);
        return { items: runs, next_cursor: null };
      },
    ],
    [
      'POST',
      /^\/rule-dry-runs$/,
      ({ body }) => {
        const made: Schemas['RuleDryRun'] = {
          id: newId('dry'),
          choice: text(body.pack) || choice,
          override: body.override
            ? {
                rule: 'closed',
                reason: '',
                ...(body.override as Pick<Schemas['RuleDryRunOverride'], 'kind'>),
                value: text((body.override as Record<string, unknown>).value) || null,
              }
            : null,
          state: 'trying',
          done: 0,
          total: 1_204,
          since: Date.now() - 30 * DAY,
          judged: 0,
          same: 0,
          changes: [],
          elsewhere: 14,
          unjudged: 0,
          drifted: 2,
          actor_name: 'Maya Ortiz',
          created_at: Date.now(),
          finished_at: null,
        };
        runs = [made, ...runs];
        return made;
      },
    ],
    [
      'POST',
      /^\/rule-dry-runs\/([^/]+)\/cancel$/,
      (_ask, id) => {
        runs = runs.map((run) =>
          run.id === id ? { ...run, state: 'cancelled', finished_at: Date.now() } : run,
        );
        return runs.find((run) => run.id === id);
      },
    ],
    [
      'GET',
      /^\/rule-dry-runs\/([^/]+)\/changes$/,
      () => ({
        items: [1, 2, 3].map((at): Schemas['RuleDryRunChange'] => ({
          message_id: newId('msg'),
          text_at: Date.now() - at * DAY,
          was: 'send',
          was_until: null,
          becomes: 'hold',
          becomes_until: Date.now() - at * DAY + DAY / 2,
          rule: 'strict_us_hours',
          code: 'quiet_hours',
          detail: 'It is 20:30 in America/New_York, where 08:00 to 20:00 is allowed that day.',
        })),
        next_cursor: null,
      }),
    ],
    ['GET', /^\/rules$/, now],
    [
      'PUT',
      /^\/rules$/,
      ({ body }) => {
        choice = text(body.pack);
        return now();
      },
    ],
    ['GET', /^\/rule-overrides$/, () => ({ items: overrides, next_cursor: null })],
    [
      'POST',
      /^\/rule-overrides$/,
      ({ body }) => {
        const made: Schemas['RuleOverride'] = {
          id: newId('ovr'),
          rule: text(body.rule) || 'closed',
          kind: text(body.kind) as Schemas['RuleOverrideKind'],
          value: text(body.value) || null,
          loosens: body.kind === 'off',
          state: 'standing',
          reason: text(body.reason),
          from: Date.now(),
          until: typeof body.until === 'number' ? body.until : null,
          by: 'Maya Ortiz',
          created_at: Date.now(),
          ended_at: null,
          ended_by: null,
          ended_reason: null,
        };
        overrides = [made, ...overrides];
        return made;
      },
    ],
    [
      'POST',
      /^\/rule-overrides\/([^/]+)\/end$/,
      ({ body }, id) => {
        overrides = overrides.map((one) =>
          one.id === id
            ? {
                ...one,
                state: 'ended',
                ended_at: Date.now(),
                ended_by: 'Maya Ortiz',
                ended_reason: text(body.reason),
              }
            : one,
        );
        return overrides.find((one) => one.id === id);
      },
    ],
  ];
}
