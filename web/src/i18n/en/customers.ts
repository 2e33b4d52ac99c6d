// Customers, and finding them and their texts.

import { many } from './many';
import { places } from './places';

export const customer = {
  title: 'Customer',
  resize: 'Width of the customer panel',
  name: 'Name',
  no_name: 'No name yet',
  edit_name: 'Change the name',
  save_name: 'Save the name',
  numbers: 'Numbers',
  since: (date: string) => `Customer since ${date}`,
  opted_out: 'Opted out',
  may_text: 'May be texted',
  opt_out: 'Opt out',
  opt_out_of: (number: string) => `Opt out ${number}`,
  consents: 'Consent ledger',
  local_time: (time: string, zone: string) => `${time} in ${zone}`,
  zone_unknown: 'Time zone unknown',
  places,
  more: 'More about the customer',
  merge: 'Merge with another customer…',
  orders: 'Orders',
  no_orders: 'No orders known. Connect the shop to see them here.',
  items: (n: number) => many(n, 'item', 'items'),
  previous: 'Other conversations',
  no_previous: 'This is the only conversation.',
  notes: 'Notes',
  notes_placeholder: 'Sizes, allergies, how to say the name',
  notes_saved: 'Saved',
  failed: 'The customer could not be loaded.',
  profile: 'Open profile',
  conversations: 'Conversations',
  privacy: 'Privacy',
  privacy_hint: 'Everything about them in one file, or out for good.',
  privacy_open: 'Export or erase',
};

export const customers = {
  title: 'Customers',
  intro: 'Everyone who has texted you, or whom you have texted.',
  find: 'Find by name or number',
  empty: 'No customers yet',
  empty_detail: 'A customer appears with their first text.',
  none: (q: string) => `No customer matches “${q}”.`,
  text: 'Text',
  column_name: 'Name',
  column_number: 'Number',
  column_orders: 'Orders',
  column_since: 'Since',
  table: 'Customers',
};

export const search = {
  title: 'Search',
  label: 'Search customers and texts',
  placeholder: 'Words of a text, a name, an order number',
  hint: 'Type at least two letters. The newest texts come first.',
  none: (q: string) => `Nothing matches “${q}”.`,
  customers: 'Customers',
  texts: 'Texts',
  results: (customers: number, texts: number, more: boolean) => {
    const found = more ? `the newest ${texts} texts` : many(texts, 'text', 'texts');
    const people = many(customers, 'customer', 'customers');
    return customers > 0 ? `Found ${people} and ${found}` : `Found ${found}`;
  },
};
