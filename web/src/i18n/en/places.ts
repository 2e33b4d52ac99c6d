const WITNESSES: Record<string, string> = {
  number: 'number',
  shipping: 'shipping address',
  billing: 'billing address',
  declared: 'what they said',
};

/** What tells where a customer is: number, shipping address and what they said. */
export function witnesses(words: readonly string[]): string {
  const all = words.map((word) => WITNESSES[word] ?? word);
  const last = all.pop() ?? '';
  return all.length > 0 ? `${all.join(', ')} and ${last}` : last;
}

/** Words about where a customer is. */
export const places = {
  title: 'Where they may be',
  kinds: { shipping: 'Shipping', billing: 'Billing', declared: 'They say' },
  none: 'Not known',
  known: (source: string, date: string) => `${source}, ${date}`,
  sources: { customer: 'They said so', member: 'Written down', shop: 'From the shop' },
  told_by: (words: readonly string[]) =>
    `By ${witnesses(words)}. Marketing waits until it may arrive everywhere they may be.`,
  unread: (words: readonly string[]) => `Not understood, and so no help: ${witnesses(words)}.`,
  edit: (kind: string) => `Change place: ${kind}`,
  hint: 'Marketing waits until its hours are legal here too. A place adds itself; the number stays.',
  declared_hint:
    'A time zone, a state, or both, as they told you. It adds itself; the number stays.',
  country: 'Country',
  region: 'State',
  postal_code: 'ZIP code',
  time_zone: 'Time zone',
  said: 'They said so themselves',
  forget: 'Forget this place',
};
