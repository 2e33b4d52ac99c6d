// Words that stand everywhere: buttons, errors, the frame and its banners.

export const common = {
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
  notices: 'Notices',
  optional: 'optional',
  you: 'You',
  undo: 'Undo',
  search: 'Search',
  show_more: 'Show more',
};

export const errors = {
  offline: 'The server did not answer. Check the connection and try again.',
  unavailable: 'The server is starting or busy. Try again in a moment.',
  unexpected:
    'Something failed on the server. Nothing was changed. Try again, or tell whoever runs Hark.',
  password_short: (least: number) => `Use at least ${least} characters.`,
  password_long: (most: number) => `Use at most ${most} characters.`,
  wrong_password: 'This is not your password.',
  wrong_setup_code: 'This code is wrong. Copy it again from where Hark was started.',
  list: 'The list could not be loaded.',
  not_found_title: 'There is nothing here',
  not_found: 'The link is old, or it belongs to another workspace.',
  to_inbox: 'Go to the inbox',
  crashed: 'This screen stopped working',
  crashed_detail: 'Your drafts are safe. Reload to go on.',
  reload: 'Reload',
};

export const nav = {
  label: 'Main',
  inbox: 'Inbox',
  search: 'Search',
  customers: 'Customers',
  compliance: 'Compliance',
  settings: 'Settings',
  start: 'First steps',
  simulator: 'Simulator',
  more: 'More',
  account: 'Your account',
  sign_out: 'Sign out',
  theme: 'Theme',
  theme_system: 'Same as the system',
  theme_light: 'Light',
  theme_dark: 'Dark',
  workspaces: 'Workspaces',
  keys: 'Keyboard',
  palette: 'Go, find, do',
  skip: 'Skip to the content',
};

export const line = {
  lost: 'No connection to the server. Texts you see may be old; drafts are kept here.',
  offline: 'This computer is offline. Texts you see may be old; drafts are kept here.',
};

export const stopped = {
  server: (who: string) => `Sending is stopped on this server${who && `, by ${who}`}.`,
  workspace: (who: string) => `Sending is stopped for this workspace${who && `, by ${who}`}.`,
  inboxes: (names: string) => `Sending is stopped from ${names}.`,
  reason: (reason: string) => `Reason: ${reason}`,
  note: 'Texts still come in. New texts are refused; what was waiting is held.',
  look: 'Sending settings',
};

export const banners = {
  more: (count: number) => `+${count} more`,
  /** What puts texts at risk, to somebody who cannot mend it. */
  ask: (what: string, names: readonly string[]) =>
    `${what}: tell ${names.join(' or ') || 'whoever runs this server'}.`,
};

/** What the server lacks where texts are at risk, for members who do not run it. */
export const server_watches: Record<string, string> = {
  disk_low: 'The server’s disk is almost full, and soon texts may be refused',
  task_failing: 'The server keeps failing at its work, and texts may not leave',
  other: 'Something is wrong with the server, and texts are at risk',
};

export const groups = {
  go: 'Go to',
  conversation: 'This conversation',
  list: 'Conversations',
  compose: 'Writing',
  desk: 'Desk',
  found: 'Found',
  customers: 'Customers',
  settings: 'Settings',
  compliance: 'Compliance',
};
