// Texts, where they stand and why.

import { many } from './many';

export const thread = {
  label: 'Thread',
  with: (name: string) => `Texts with ${name}`,
  older: 'Loading older texts',
  newer: 'Loading newer texts',
  target_gone: 'The text this link leads to is not here any more. Showing the newest.',
  copy_link: 'Copy a link to this text',
  link_copied: 'Link copied',
  link_not_copied: 'The browser did not let the link be copied. It stands in the address bar.',
  start: (name: string) => `The first text with ${name}`,
  unread: 'New',
  arrived: (n: number) => `${n} new`,
  to_end: 'Go to the newest text',
  announce: (name: string, text: string) => `${name}: ${text}`,
  note: 'Note',
  note_private: 'Private note, never sent',
  by_bot: 'Bot',
  by_flow: 'Flow',
  by_api: 'API',
  by_system: 'Hark',
  photo: 'Photo',
  empty_text: '(empty text)',
  photo_open: 'Open the photo large',
  file_open: 'Open the file',
  parts: (n: number) => many(n, 'part', 'parts'),
  empty: 'No texts yet',
  opted_out: (name: string) => `${name} texted STOP. You can’t text them unless they text START.`,
  in_flight: 'Was already on its way when the customer opted out.',
};

export const states = {
  sending: 'Sending',
  received: 'Received',
  queued: 'Waiting to be sent',
  held: 'Held',
  held_until: (when: string) => `Held until ${when}`,
  refused: 'Not sent',
  handing_over: 'Being handed over',
  accepted: 'Sent to the provider',
  sent: 'Sent',
  delivered: 'Delivered',
  undelivered: 'Not delivered',
  failed: 'Not sent',
  ambiguous: 'Checking whether it was sent',
  sent_unconfirmed: 'Sent, not confirmed',
  cancelled: 'Cancelled',
  noted: 'Note',
  retry: 'Try again',
  retrying: 'Sending again',
  retried: 'Sent again below',
  send_again: 'Send again',
  doubt_title: 'It may have arrived. Send again?',
  doubt_ambiguous:
    'The provider did not say whether it took this text. If it did, the customer gets it twice.',
  doubt_unconfirmed:
    'The carrier never said whether this text arrived. If it did, the customer gets it twice.',
  cancel: 'Cancel sending',
  next_try: (why: string, when: string) =>
    `${why}; trying again ${/^\d/.test(when) ? `at ${when}` : when}`,
  next_try_due: (why: string) => `${why}; trying again`,
  try_now: 'Try now',
  trying_now: 'Trying now',
};

export const why = 'Why';

export const clocks = {
  /** The customer's clock, by its place; in a hurry; where they may be in several zones that agree. */
  place: (when: string, place: string) => `${when} ${place} time`,
  there: (when: string) => `${when} there`,
  theirs: (when: string) => `${when} their time`,
  yours: (when: string) => `${when} your time`,
  both: (theirs: string, yours: string) => `${theirs} (${yours})`,
};

/** Why a text failed, by the class of the error; `unknown` has only the server's own sentence. */
export const error_classes = {
  opted_out: 'The customer opted out at the carrier',
  carrier_filtered: 'The carrier took it for spam',
  provider_filtered: 'The provider took it for spam',
  content_rejected: 'Its content or size was refused',
  sender_unregistered: 'Our number is not registered to send',
  sender_blocked: 'Our number may not send',
  invalid_number: 'There is no such number',
  landline: 'A landline that takes no texts',
  deactivated: 'The number was given up',
  recipient_blocked: 'The phone or its carrier blocks us',
  unreachable: 'The phone is off or out of reach',
  rate_limited: 'Too many texts at once',
  daily_cap: 'The carrier’s limit for today is used up',
  network: 'A fault between provider and carrier',
  expired: 'Its time ran out',
  geo_blocked: 'The country is not switched on',
  account: 'The provider refused the login',
  media: 'A photo could not be sent',
  unknown: 'A reason nobody knows',
} as Record<string, string>;

/** Why a text waits for its next try, by the class of the error. */
export const waits: Record<string, string> = {
  network: 'The provider does not answer',
  unreachable: 'The phone is out of reach',
  rate_limited: 'The provider takes no more for now',
  daily_cap: 'The carrier’s limit for today is used up',
  unknown: 'The provider did not take it',
  answer_lost: 'The provider’s answer was lost',
};
