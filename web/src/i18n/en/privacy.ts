import { many } from './many';

const thousands = (n: number) => n.toLocaleString('en');

/** Words of the screens about erasure, access and terms. */
export const privacy = {
  erasure: {
    intro:
      'Give a customer everything there is about them, or take them out for good. Both as the law lets them ask.',
    find: 'Find a customer by name or number',
    find_hint: 'At least two letters or digits.',
    none: (q: string) => `No customer matches “${q}”.`,
    none_detail: 'Somebody who was erased cannot be found any more: that is the point.',
    choose: (name: string) => `Look at ${name}`,
    choose_short: 'Look',
    back: 'Another customer',
    gone: 'This customer is not here any more',
    gone_detail: 'They were erased, or the link is old. The list below says what was erased.',
    under_way: 'This customer is being erased. None of their numbers is texted any more.',
    goes: 'What goes',
    stays: 'What stays',
    counts: {
      conversations: (n: number) => many(n, 'conversation', 'conversations'),
      texts: (n: number) => many(n, 'text', 'texts'),
      notes: (n: number) =>
        many(n, 'note or line of what happened', 'notes and lines of what happened'),
      media: (n: number) => many(n, 'picture', 'pictures'),
      drafts: (n: number) => many(n, 'draft', 'drafts'),
      orders: (n: number) => many(n, 'order', 'orders'),
    },
    with: 'Their name, what was noted about them, search words, receipts and verdicts',
    waiting: (n: number) => `${many(n, 'text that waits', 'texts that wait')} will not be sent.`,
    stay_hash: (n: number) =>
      n === 1
        ? 'A keyed hash of their number, for good, so that it is still not texted'
        : `A keyed hash of each of their ${n} numbers, for good, so that they are still not texted`,
    stay_consents: (n: number) =>
      n === 0
        ? 'No consent was ever recorded, so no evidence of it stays'
        : `${many(n, 'entry', 'entries')} of the consent ledger, sealed for five years as evidence, then dropped`,
    stay_audit: 'That they were erased, when and by whom, without name or number',
    export: 'Make an export',
    export_again: 'Make a new one',
    export_hint:
      'One zip with all of this: tables for people, JSON for machines, pictures. Private notes are in it.',
    export_title: 'Access export',
    exporting: 'Making the file',
    export_failed: 'The file could not be made. Try once more.',
    export_gone: 'The file is forgotten. Files are kept for a day.',
    download: 'Download the export',
    kept: (when: string, kb: string) => `${kb} kB, kept until ${when}`,
    erase: 'Erase this customer',
    erase_title: (name: string) => `Erase ${name}?`,
    erase_detail:
      'It cannot be taken back. From now on none of their numbers is texted; what is with the provider already cannot be called back.',
    confirm: (words: string) => `Type ${words} to confirm`,
    confirm_wrong: (words: string) => `That is not ${words}.`,
    action: 'Erase for good',
    begun: 'The erasure has begun. None of their numbers is texted any more.',
    list: 'Erasures',
    empty: 'Nobody was erased yet',
    empty_detail: 'Each erasure stays in this list, without a name or number.',
    states: { waiting: 'Waiting', erasing: 'Erasing', done: 'Done' },
    progress: 'Erasing',
    by: (who: string) => `asked for by ${who}`,
  },
  retention: {
    intro:
      'How long each kind of record is kept. Once a day what is over its term goes, for good; consent is evidence and is not among them.',
    categories: {
      conversations: 'Closed conversations',
      messages: 'Texts',
      notes: 'Private notes',
      media: 'Pictures',
      webhooks: 'Receipts of providers',
      audit: 'Audit log',
    },
    hints: {
      conversations: 'With all that is in them, counted from when something last happened.',
      messages: 'Either way, once nothing more becomes of them.',
      notes: 'What only members see.',
      media: 'The text a picture came with stays.',
      webhooks: 'And the ids by which a repeated webhook is known.',
      audit: 'Entries that tell of erasures stay.',
    },
    for_good: 'Kept for good',
    term: (days: number) => `Kept for ${many(days, 'day', 'days')}`,
    due_none: 'The next run removes nothing.',
    due: (n: number, oldest: string) =>
      `The next run removes ${thousands(n)}; the oldest is of ${oldest}.`,
    ran: (n: number, when: string) =>
      n === 0
        ? `Last run ${when}: nothing to remove.`
        : `Last run ${when}: removed ${thousands(n)}.`,
    never_ran: 'It has not run yet.',
    change: 'Change',
    change_of: (category: string) => `Change how long is kept: ${category}`,
    title: (category: string) => `How long to keep: ${category}`,
    keep: 'Keep',
    keep_good: 'For good',
    keep_days: 'For a number of days',
    days: 'Days',
    days_hint: (least: number) =>
      `At least ${many(least, 'day', 'days')}: Hark needs them itself so long.`,
    warn: 'What is over the term goes with the next run, within a day, and cannot be brought back.',
    would: (n: number, oldest: string) =>
      `The next run would remove ${thousands(n)}; the oldest is of ${oldest}.`,
    would_none: 'Nothing is that old now: the next run would remove nothing.',
    would_look: 'Looking what the next run would remove…',
    save: 'Set the term',
    save_removing: (n: number) => `Set it and remove ${thousands(n)}`,
    saved: 'The term is set.',
    members_only: 'Only owners and admins change terms.',
  },
};
