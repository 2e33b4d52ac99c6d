// What the gate says of a text.

import { many } from './many';

/**
 * What a sentence of the gate names: counts as numbers; words, times and places as the reader knows
 * them. Where a sentence is all there is (the bubble of a text), nothing is given.
 */
export type Given = Readonly<Record<string, string | number>>;

type Said = string | ((given: Given) => string);

const PURPOSES: Record<string, string> = {
  conversational: 'talk',
  transactional: 'order texts',
  marketing: 'marketing',
  otp: 'one-time codes',
};
const KINDS: Record<string, string> = {
  inbound: 'a text of theirs',
  express: 'plain consent',
  written: 'written consent',
};
const PLACES: Record<string, string> = {
  server: 'on this server',
  workspace: 'in this workspace',
  inbox: 'in this inbox',
};

/** The span of a limit, which is that of the settings. */
const span = (days: number) => (days === 1 ? '24 hours' : `${days} days`);
const purpose = (word: unknown) => PURPOSES[`${word}`] ?? `${word}`;
const kind = (word: unknown) => KINDS[`${word}`] ?? `${word}`;
/** Words that a rule found, in quotes, and what is wrong with them. */
const found =
  (what: string) =>
  ({ phrase }: Given) =>
    phrase ? `It says “${phrase}”: ${what}.` : `Its words: ${what}.`;

function quietHours({ time, zone, opens, closes, holiday, why }: Given): string {
  if (why === 'ends_soon') return 'The allowed hours end too soon for it to arrive in time.';
  if (why === 'never_together') return 'The places they may be are not open at the same hours.';
  if (!time || !zone) return 'Quiet hours where they are.';
  const hours =
    opens === closes ? 'no text may go' : `texts may go from ${opens} to ${closes} there`;
  const day = holiday ? `, a day of its own (${`${holiday}`.replaceAll('_', ' ')})` : '';
  return `It is ${time} in ${zone}, and ${hours}${day}.`;
}

function revokeAll({ scope, at }: Given): string {
  const what = scope ? `They opted out of ${purpose(scope)}` : 'They took their consent back';
  return `${what}${at ? ` on ${at}` : ''}. That counts for every topic.`;
}

/** The gate's word, by its code, and what else stops a text; what stands in no entry keeps the server's own sentence. */
export const gate: Record<string, Said> = {
  ambiguous:
    'The connection broke while the provider was taking it. It is not sent again by itself.',
  answers_keyword: 'It answers a keyword of theirs.',
  answers_own_text: 'It would answer our own words, sent back to us.',
  answers_sign_up: 'It answers the form they sent minutes ago.',
  asked_to_join: 'They texted a join keyword after they opted out.',
  automatic_limit: ({ count }) =>
    `They had ${count ?? 'many'} automatic texts within the hour. A person must write next.`,
  cancelled: 'It was taken back.',
  clear: 'Nothing stands against it.',
  clock_in_doubt: 'The server’s clock is in doubt. Marketing waits until it is right.',
  complaint_open: 'They are angry or complained. Marketing waits until that is settled.',
  consent: 'They agreed to it.',
  consent_missing: ({ needed }) =>
    `Marketing needs ${needed ? kind(needed) : 'consent'}. None is on record.`,
  consent_revoked: ({ at }) => `They took their consent back${at ? ` on ${at}` : ''}.`,
  consent_too_weak: ({ needed, known }) =>
    needed && known
      ? `Marketing needs ${kind(needed)}. On record is ${kind(known)}.`
      : 'The consent on record is too weak for marketing.',
  direct_answer: 'They wrote again after they opted out. A person may answer.',
  direct_reply: 'It answers a text of the last 24 hours.',
  empty_text: 'There is nothing to send.',
  expired: 'Its time ran out before it could leave.',
  expires_while_held: 'It would have to wait longer than it is worth sending.',
  frequency_cap: ({ count, hours }) =>
    count && hours
      ? `They had ${many(Number(count), 'marketing text', 'marketing texts')} within ${many(Number(hours), 'hour', 'hours')}, as many as the rules allow.`
      : 'They had as many marketing texts as the rules allow.',
  help_answer: 'They asked for help after they opted out.',
  inbox_not_live: 'This inbox is not live. It sends to its test numbers only.',
  media_unsupported: 'This number can’t send pictures.',
  no_legal_window: 'No hour of the next eight days is allowed everywhere they may be.',
  no_route: 'The account of this inbox is switched off.',
  not_textable: 'This number can’t get texts.',
  number_gone: 'The number was switched off or given to somebody else.',
  one_time_password: 'They wait for this code.',
  open_conversation: 'You are in a conversation with them. Marketing waits until it is over.',
  opt_out_confirmation: 'It confirms their opt-out, once.',
  opt_out_unsure: 'They may have asked to stop. Say first whether they did.',
  opted_out: 'They opted out. You can’t text them unless they text START.',
  opted_out_elsewhere:
    'They opted out with another number of theirs. That ends marketing to all of them.',
  opted_out_topic: ({ scope }) => `They opted out of ${scope ? purpose(scope) : 'this topic'}.`,
  other_topic: ({ scope }) =>
    `They opted out of ${scope ? purpose(scope) : 'another topic'}, which this text is not.`,
  premium_number: 'Numbers of area code 900 cost their caller money.',
  quiet_hours: quietHours,
  revoke_all: revokeAll,
  rule_overridden: ({ by, row, reason }) =>
    by && row ? `${by} changed the rule ${row}: ${reason}` : 'A rule was changed by an operator.',
  send_later: 'It was asked to go later.',
  shop_cap: ({ count, days }) =>
    count && days
      ? `They had ${many(Number(count), 'marketing text', 'marketing texts')} within ${span(Number(days))}, as many as your shop allows.`
      : 'They had as many marketing texts as your shop allows.',
  shop_priority: 'Another marketing text to them goes first.',
  sending_stopped: ({ place }) => `Sending is stopped${place ? ` ${PLACES[place] ?? ''}` : ''}.`,
  too_long: ({ parts, most }) =>
    parts && most
      ? `It has ${parts} parts. This number takes ${most}.`
      : 'It has more parts than this number takes.',
  too_many_media: ({ most }) => `It has too many photos${most ? `. ${most} fit` : ''}.`,

  // What rules about words find.
  age_gate_missing: found('nobody asked for their age'),
  link_shortener: ({ host }) =>
    `It links through ${host ?? 'a shortener'}, which many senders share.`,
  many_links: ({ count }) => (count ? `It has ${count} links.` : 'It has many links.'),
  marketing_words: (given) =>
    found(given.sells === 'yes' ? 'it counts as marketing' : 'it may count as marketing')(given),
  opt_out_by_digit: found('a way to opt out that carriers do not know'),
  opt_out_wording_due: 'It does not say how to opt out, and that is due.',
  restricted_finance: found('an offer that carriers refuse'),
  restricted_gambling: found('gambling'),
  sender_not_named: ({ brand }) => `It does not name ${brand ?? 'your brand'}.`,
  shaft_adult: found('adult content'),
  shaft_cannabis: found('cannabis'),
  shaft_firearms: found('firearms'),
  shaft_tobacco: found('tobacco'),
  stop_only_way: found('as if STOP were the only way to opt out'),
};

/** What whoever wrote a text can do about what a rule found, by its code. */
export const gate_fixes: Record<string, string> = {
  age_gate_missing: 'Ask for the date of birth at sign-up, and say so in the settings.',
  link_shortener: 'Link to your own domain.',
  many_links: 'Keep one link. Carriers count several as a mark of spam.',
  marketing_words: 'Take the offer out, or send it as marketing to those who agreed.',
  opt_out_by_digit: 'Name STOP.',
  opt_out_unsure: 'Read their text and say whether they asked to stop.',
  opt_out_wording_due: 'Add a line such as: Reply STOP to cancel.',
  restricted_finance: 'Carriers in the United States refuse such offers on long codes.',
  restricted_gambling: 'Carriers in the United States refuse gambling on long codes.',
  sender_not_named: 'Begin with the name of your brand.',
  shaft_adult: 'Carriers in the United States refuse adult content.',
  shaft_cannabis: 'Carriers in the United States refuse it from every sender.',
  shaft_firearms: 'Carriers in the United States refuse sales of firearms on long codes.',
  shaft_tobacco: 'Carriers in the United States refuse it on long codes.',
  stop_only_way: 'Say that STOP ends the texts, not that it is the only way.',
};
