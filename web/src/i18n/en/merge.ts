// Two customers who are one person: made one, and parted again.

import { many } from './many';

export const merge = {
  title: 'Merge with another customer',
  hint: (name: string) => `${name} is kept. Whoever you choose becomes part of them.`,
  find: 'Find the other customer by name or number',
  find_hint: 'At least two letters or digits.',
  none: (q: string) => `No other customer matches “${q}”.`,
  choose: (name: string) => `Choose ${name}`,
  back: 'Another customer',
  kept: 'Is kept',
  merged: 'Becomes part of them',
  no_name: 'No name yet',
  numbers: 'Numbers',
  opted_out: 'Opted out',
  no_orders: 'No orders',
  no_notes: 'No notes',
  name: 'Name from now on',
  notes: 'Notes from now on',
  both_notes: 'Both',
  notes_of: (name: string) => `Those of ${name}`,
  what: 'What happens',
  moves: 'Numbers, conversations and orders of both stand under the customer who is kept.',
  threads: 'Each number keeps its own conversation, and answers go to the number they belong to.',
  opt_outs:
    'Opt-outs count for both: if any number has opted out, none of them gets marketing. What waits is refused at once.',
  undo: 'It can be undone. An opt-out that comes while they are one then keeps marketing refused to both.',
  do: 'Merge',
  done: (name: string) => `Merged with ${name}.`,
  undone: (name: string) => `${name} is a customer of their own again.`,
  block: 'Merged',
  merged_with: (name: string, date: string) => `Merged with ${name} on ${date}`,
  undo_of: (name: string) => `Undo the merge with ${name}`,
  undo_title: (name: string) => `Part from ${name}?`,
  undo_hint:
    'Each gets back their numbers, conversations and orders, and what has come in by them since. An opt-out that came while they were one keeps marketing refused to both.',
  undo_short: 'Undo',
  cancel: 'Cancel',
  undo_do: 'Undo the merge',
  was_merged_with: (name: string, date: string) => `Was one with ${name} until ${date}.`,
  refused: (n: number) =>
    `An opt-out came while they were one: marketing stays refused to ${many(n, 'more number', 'more numbers')}, until whoever it is agrees anew.`,
  into: (name: string) => `This customer was merged into ${name}. All that was theirs is there.`,
  into_open: 'Open that customer',
  errors: {
    customer_merged: 'One of them was merged into another customer meanwhile.',
    customer_erasing: 'One of them is being erased.',
    merge_demo: 'A customer of the demo shop cannot be merged with a real one.',
    merge_open_conversations:
      'Both have an open conversation over the same number. Close one of them first.',
    merge_notes_too_long: 'Both notes together are too long. Choose one of them.',
    merge_unsure_text:
      'A text that came while they were one may ask to stop. Say first, under Compliance, whether it does.',
  } as Record<string, string>,
};
