// Every word a person reads. Voice: a calm colleague. Short, present tense, sentence case, the
// consequence in the button. Words of the product only: customer, text, close, label, number.

const many = (n: number, one: string, other: string) =>
  `${n.toLocaleString('en')} ${n === 1 ? one : other}`;

export const en = {
  many,
  common: {
    app: 'Hark',
    loading: 'Loading',
    cancel: 'Cancel',
    close_dialog: 'Close this dialog',
    copied: 'Copied',
    copy: 'Copy',
    dismiss: 'Dismiss',
    done: 'Done',
    edit: 'Edit',
    save: 'Save',
    saved: 'Saved',
    remove: 'Remove',
    try_again: 'Try again',
    back: 'Back',
    more: 'More',
    none: 'None',
    optional: 'optional',
    you: 'You',
  },
};
