import type { Page } from '@playwright/test';
import { expect } from './fixtures';

export interface Screen {
  name: string;
  path: string;
  /** The heading of the screen. */
  ready: RegExp | string;
}

/** Every screen behind the sign-in that has an address of its own. */
export const SCREENS: Screen[] = [
  { name: 'inbox', path: '/inbox', ready: 'Inbox' },
  { name: 'customers', path: '/customers', ready: 'Customers' },
  { name: 'search', path: '/search?q=shirt', ready: 'Search' },
  { name: 'hours now', path: '/compliance', ready: 'Compliance' },
  { name: 'opt-outs', path: '/compliance/opt-outs', ready: 'Opted out' },
  { name: 'held', path: '/compliance/gate', ready: 'Held and refused' },
  { name: 'refused', path: '/compliance/gate?show=refused', ready: 'Held and refused' },
  { name: 'unsure texts', path: '/compliance/unsure', ready: 'Unsure texts' },
  { name: 'consents', path: '/compliance/consents', ready: 'Consent ledger' },
  { name: 'bring along', path: '/compliance/imports', ready: 'Bring along' },
  { name: 'audit log', path: '/compliance/audit', ready: 'Audit log' },
  { name: 'evidence packs', path: '/compliance/evidence', ready: 'Evidence packs' },
  { name: 'export and erase', path: '/compliance/erasure', ready: 'Export and erase' },
  { name: 'retention', path: '/compliance/retention', ready: 'Retention' },
  { name: 'rule packs', path: '/compliance/rules?other=us_federal_0', ready: 'Rule packs' },
  { name: 'first steps', path: '/welcome', ready: 'First steps' },
  { name: 'settings', path: '/settings', ready: 'Settings' },
  { name: 'workspace', path: '/settings/workspace', ready: 'Workspace and brand' },
  { name: 'demo data', path: '/settings/demo', ready: 'Demo data' },
  { name: 'inboxes', path: '/settings/inboxes', ready: 'Inboxes and numbers' },
  { name: 'join keywords', path: '/settings/join-words', ready: 'Join keywords' },
  { name: 'opt-in pages', path: '/settings/optin', ready: 'Opt-in pages' },
  { name: 'accounts', path: '/settings/accounts', ready: 'Provider accounts' },
  { name: 'stop sending', path: '/settings/sending', ready: 'Stop sending' },
  { name: 'members', path: '/settings/members', ready: 'Members' },
  { name: 'api keys', path: '/settings/keys', ready: 'API keys' },
  { name: 'appearance', path: '/settings/appearance', ready: 'Appearance' },
  { name: 'keyboard', path: '/settings/keyboard', ready: 'Keyboard' },
  { name: 'sessions', path: '/settings/sessions', ready: 'Where you are signed in' },
  { name: 'gallery', path: '/gallery', ready: 'Gallery' },
];

export interface Opening {
  path: string;
  ready: string;
  /** The button that is pressed, and how what lies over the screen then is called. */
  opens: readonly (readonly [button: string | RegExp, title: string | RegExp])[];
}

/** Dialogs that open over a screen at the press of a button. */
export const OPENINGS: Opening[] = [
  {
    path: '/compliance/opt-outs',
    ready: 'Opted out',
    opens: [['Opt a number out', 'Opt a number out']],
  },
  {
    path: '/compliance/consents',
    ready: 'Consent ledger',
    opens: [['Add an entry', 'Add an entry to the ledger']],
  },
  {
    path: '/compliance/retention',
    ready: 'Retention',
    opens: [[/^Change how long is kept/, /^How long to keep/]],
  },
  {
    path: '/compliance/rules',
    ready: 'Rule packs',
    opens: [
      ['Choose another pack', 'Which pack the gate applies'],
      ['Add an override', 'Change a rule'],
    ],
  },
  {
    path: '/settings/demo',
    ready: 'Demo data',
    opens: [['Remove demo data', 'Remove the demo shop?']],
  },
  {
    path: '/settings/inboxes',
    ready: 'Inboxes and numbers',
    opens: [
      ['Add a number', 'Add a number'],
      ['Configure', /^Inbox /],
      [/^Rename /, /^Name of /],
    ],
  },
  {
    path: '/settings/join-words',
    ready: 'Join keywords',
    opens: [
      ['Add a keyword', 'Add a join keyword'],
      [/^Remove OAK/, /^Remove the keyword/],
    ],
  },
  {
    path: '/settings/optin',
    ready: 'Opt-in pages',
    opens: [
      ['Add a page', 'Add an opt-in page'],
      [/^Codes and posters of/, /^Codes and posters:/],
    ],
  },
  {
    path: '/settings/accounts',
    ready: 'Provider accounts',
    opens: [['Add an account', 'Add a provider account']],
  },
  {
    path: '/settings/sending',
    ready: 'Stop sending',
    opens: [['Stop sending', /^Stop sending: /]],
  },
  { path: '/settings/members', ready: 'Members', opens: [['Invite', 'Invite a member']] },
  {
    path: '/settings/sessions',
    ready: 'Where you are signed in',
    opens: [['Change password', 'Change password']],
  },
  { path: '/settings/keys', ready: 'API keys', opens: [['Create a key', 'Create an API key']] },
];

/** Opens a screen and waits until it has what it shows. */
export async function see(page: Page, url: string, heading: RegExp | string) {
  await page.goto(url);
  await page
    .getByRole('heading', { name: heading, level: 1 })
    .first()
    .waitFor({ state: 'attached' });
  // The gallery shows the skeleton on purpose.
  if (!url.endsWith('/gallery')) {
    await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0);
  }
}

/** Opens each dialog of a screen in turn, looks at it and shuts it again. */
export async function openEach(
  page: Page,
  { opens }: Opening,
  look: (title: string) => Promise<void>,
) {
  for (const [button, title] of opens) {
    // The list of pages beside a screen may call a page what the screen calls its button.
    await page.getByRole('button', { name: button, exact: true }).last().click();
    const dialog = page
      .getByRole('dialog', { name: title })
      .or(page.getByRole('alertdialog', { name: title }));
    await dialog.waitFor();
    await expect(dialog.getByRole('status', { name: 'Loading' })).toHaveCount(0);
    await look(String(title));
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  }
}
