import type { Page } from '@playwright/test';
import type { components } from '../src/api/schema.gen';
import { expect, type Shop, setUp, test } from './fixtures';
import { photo } from './picture';
import { type Server, startServer } from './server';
import { violations } from './violations';

const SIZES = [
  { name: 'desk', width: 1440, height: 900 },
  { name: 'phone', width: 390, height: 844 },
];

interface Screen {
  name: string;
  path: string;
  /** The heading of the screen. */
  ready: RegExp | string;
  /** Made of parts that other screens show in every theme and size: looked at in each once. */
  once?: true;
}

const SCREENS: Screen[] = [
  { name: 'inbox', path: '/inbox', ready: 'Inbox' },
  { name: 'customers', path: '/customers', ready: 'Customers' },
  { name: 'search', path: '/search?q=shirt', ready: 'Search' },
  { name: 'hours now', path: '/compliance', ready: 'Compliance' },
  { name: 'opt-outs', path: '/compliance/opt-outs', ready: 'Opted out' },
  { name: 'held', path: '/compliance/gate', ready: 'Held and refused', once: true },
  { name: 'refused', path: '/compliance/gate?show=refused', ready: 'Held and refused' },
  { name: 'unsure texts', path: '/compliance/unsure', ready: 'Unsure texts' },
  { name: 'consents', path: '/compliance/consents', ready: 'Consent ledger', once: true },
  { name: 'audit log', path: '/compliance/audit', ready: 'Audit log' },
  { name: 'evidence packs', path: '/compliance/evidence', ready: 'Evidence packs', once: true },
  { name: 'export and erase', path: '/compliance/erasure', ready: 'Export and erase' },
  { name: 'retention', path: '/compliance/retention', ready: 'Retention' },
  {
    name: 'rule packs',
    path: '/compliance/rules?other=us_federal_0',
    ready: 'Rule packs',
    once: true,
  },
  { name: 'first steps', path: '/welcome', ready: 'First steps' },
  { name: 'settings', path: '/settings', ready: 'Settings' },
  { name: 'workspace', path: '/settings/workspace', ready: 'Workspace and brand' },
  { name: 'demo data', path: '/settings/demo', ready: 'Demo data' },
  { name: 'inboxes', path: '/settings/inboxes', ready: 'Inboxes and numbers' },
  { name: 'join keywords', path: '/settings/join-words', ready: 'Join keywords' },
  { name: 'opt-in pages', path: '/settings/optin', ready: 'Opt-in pages', once: true },
  { name: 'accounts', path: '/settings/accounts', ready: 'Provider accounts' },
  { name: 'stop sending', path: '/settings/sending', ready: 'Stop sending' },
  { name: 'members', path: '/settings/members', ready: 'Members' },
  { name: 'api keys', path: '/settings/keys', ready: 'API keys' },
  { name: 'appearance', path: '/settings/appearance', ready: 'Appearance' },
  { name: 'keyboard', path: '/settings/keyboard', ready: 'Keyboard' },
  { name: 'sessions', path: '/settings/sessions', ready: 'Where you are signed in' },
  { name: 'gallery', path: '/gallery', ready: 'Gallery' },
];

const CUSTOMERS = 120;
const PHOTO_FROM = '+12125550171';
type Message = components['schemas']['Message'];

/** Every state a text can be in, as the thread shows it. Some take a carrier days to give. */
const STATES: Record<Exclude<Message['state'], 'received' | 'noted'>, Partial<Message>> = {
  queued: {},
  held: { held_until: Date.now() + 8 * 3_600_000 },
  refused: { reason: { code: 'opted_out', detail: 'This number is opted out.' } },
  handing_over: {},
  accepted: {},
  sent: {},
  sent_unconfirmed: {},
  delivered: { in_flight_at_opt_out: true },
  undelivered: { reason: { code: 'unreachable', detail: 'The phone could not be reached.' } },
  failed: { reason: { code: 'carrier_filtered', detail: 'The carrier rejected it.' } },
  ambiguous: {},
  cancelled: {},
};

/** A thread with one text in every state, made of the one the server answers with. */
async function showStates(page: Page) {
  await page.route('**/api/v1/conversations/*/messages?*', async (route) => {
    const answer = await route.fetch();
    const body: { items: Message[] } = await answer.json();
    const first = body.items[0];
    if (!first) throw new Error('the thread is empty');
    const items = Object.entries(STATES).map(([state, more], at) => ({
      ...first,
      ...more,
      id: `msg_${String(at).padStart(32, '0')}`,
      seq: first.seq + at,
      kind: 'outbound',
      body: `A text that is ${state}`,
      media: [],
      author: { type: 'member', id: 'mem_0', name: 'Maya Ortiz' },
      state,
    }));
    await route.fulfill({ response: answer, json: { ...body, items } });
  });
}

let server: Server;
let untouched: Server;
let shop: Shop;

/** A shop with people in it: an empty screen has little that could be wrong. */
test.beforeAll(async () => {
  test.setTimeout(180_000);
  [server, untouched] = await Promise.all([startServer(), startServer()]);
  shop = await setUp(server);
  await shop.ask('POST', 'demo', { conversations: CUSTOMERS });
  await expect
    .poll(async () => (await shop.ask<{ state: string }>('GET', 'demo')).state, {
      timeout: 120_000,
    })
    .toBe('ready');
  await shop.colleague('Sam Lee', 'sam@example.com');
  await shop.text(PHOTO_FROM, 'Do you have the linen shirt in M?', [
    photo('shirt.png', [200, 190, 160]),
  ]);
  await shop.text('+12125550172', 'too many texts');
  const sale = { to: '+12125550173', inbox_id: shop.inbox.id, body: 'Sale!', purpose: 'marketing' };
  await shop.ask('POST', 'messages', sale);
  await shop.ask('POST', 'evidence-packs', { address: '+12125550172' });
});
test.afterAll(async () => {
  await shop.api.dispose();
  await Promise.all([server.stop(), untouched.stop()]);
});

for (const theme of ['light', 'dark'] as const) {
  for (const size of SIZES) {
    test.describe(`${theme}, ${size.name}`, () => {
      test.use({ colorScheme: theme, viewport: { width: size.width, height: size.height } });
      test.beforeEach(() => test.setTimeout(240_000));

      /** Opens a screen of the shop and waits until it has what it shows. */
      const see = async (page: Page, path: string, heading: RegExp | string) => {
        await page.goto(shop.url + path);
        await page
          .getByRole('heading', { name: heading, level: 1 })
          .first()
          .waitFor({ state: 'attached' });
        // The gallery shows the skeleton on purpose.
        if (path !== '/gallery') {
          await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0);
        }
      };

      test('every screen', async ({ page }) => {
        await shop.signIn(page);
        const again = (theme === 'dark') !== (size.name === 'phone');
        for (const screen of SCREENS) {
          if (screen.once && again) continue;
          await see(page, screen.path, screen.ready);
          expect(await violations(page), screen.name).toEqual([]);
        }
        const { items } = await shop.ask<{ items: { id: string; name: string }[] }>(
          'GET',
          'customers',
        );
        const customer = items.find(({ name }) => name !== '');
        if (!customer) throw new Error('the demo shop has no customer with a name');
        await see(page, `/customers/${customer.id}`, customer.name);
        await expect(page.getByRole('heading', { name: 'Numbers' })).toBeVisible();
        expect(await violations(page), 'a customer').toEqual([]);
      });

      test('a conversation, and what lies over it', async ({ page }) => {
        await shop.signIn(page);
        await see(page, '/inbox', 'Inbox');
        await page.getByRole('option', { name: /linen shirt/ }).click();
        await page
          .getByRole('article', { name: /linen shirt/ })
          .first()
          .waitFor();
        await page.getByRole('textbox', { name: /^Text \(/ }).fill('It’s in… I’ll check');
        expect(await violations(page), 'thread').toEqual([]);
        await page.getByRole('button', { name: 'Open the photo large' }).first().click();
        await page.getByRole('dialog', { name: 'Photo' }).waitFor();
        expect(await violations(page), 'photo').toEqual([]);
        await page.keyboard.press('Escape');
        await page.getByRole('textbox', { name: /^Text \(/ }).blur();
        for (const [key, name] of [
          ['Control+k', 'Go, find, do'],
          ['z', 'Snooze until'],
          ['a', 'Assign'],
          ['?', 'Keys'],
          ['c', 'New text'],
        ] as const) {
          await page.keyboard.press(key);
          await page.getByRole('dialog', { name }).waitFor();
          expect(await violations(page), name).toEqual([]);
          await page.keyboard.press('Escape');
          await expect(page.getByRole('dialog', { name })).toBeHidden();
        }
        await page.keyboard.press('s');
        await page.getByRole('complementary', { name: 'Simulator phone' }).waitFor();
        await page.getByRole('button', { name: 'Carrier faults' }).click();
        await page.getByRole('region', { name: 'Carrier faults' }).waitFor();
        expect(await violations(page), 'simulator').toEqual([]);
      });

      test('texts in every state, and the warning before one in doubt', async ({ page }) => {
        await shop.signIn(page);
        await see(page, '/inbox', 'Inbox');
        await showStates(page);
        await page.getByRole('option', { name: /linen shirt/ }).click();
        for (const state of Object.keys(STATES).reverse()) {
          const text = page.getByRole('article', {
            name: `Maya Ortiz: A text that is ${state}`,
            exact: true,
          });
          await text.scrollIntoViewIfNeeded();
          expect(await violations(page), state).toEqual([]);
        }
        await page
          .getByRole('article', { name: /that is sent_unconfirmed/ })
          .getByRole('button', { name: 'Send again' })
          .click();
        await page.getByRole('alertdialog').waitFor();
        expect(await violations(page), 'the warning').toEqual([]);
      });

      test('selected conversations, the account, and what everyone should know', async ({
        page,
      }) => {
        await shop.signIn(page);
        await see(page, '/inbox', 'Inbox');
        await page.getByRole('option').first().waitFor();
        await page.keyboard.press('x');
        await page.getByText('1 selected').waitFor();
        expect(await violations(page), 'selection').toEqual([]);
        await page.keyboard.press('Escape');

        if (size.name === 'desk') {
          await page.getByRole('button', { name: /Your account/ }).click();
          await page.getByRole('menuitem', { name: 'Sign out' }).waitFor();
          expect(await violations(page), 'account').toEqual([]);
          await page.keyboard.press('Escape');
        }
        await page.getByRole('button', { name: 'Sort and filter' }).click();
        await page.getByRole('menu').waitFor();
        expect(await violations(page), 'sort and filter').toEqual([]);
        await page.keyboard.press('Escape');

        const reason = 'A wrong link went out';
        await shop.ask('PUT', 'sending/workspace', { stopped: true, reason });
        try {
          await expect(page.getByText(`Reason: ${reason}`).first()).toBeVisible();
          await page.context().setOffline(true);
          await expect(page.getByText('This computer is offline.')).toBeVisible({
            timeout: 20_000,
          });
          expect(await violations(page), 'banners').toEqual([]);
        } finally {
          await page.context().setOffline(false);
          await shop.ask('PUT', 'sending/workspace', { stopped: false });
        }
      });

      test('before signing in', async ({ page }) => {
        for (const [path, heading] of [
          ['/login', 'Sign in'],
          ['/setup', 'Hark is set up'],
          ['/reset/none', 'Set a new password'],
          ['/invite/none', 'This link does not work'],
          ['/nowhere', 'There is nothing here'],
          [await shop.invite('agent'), 'Join Juniper & Oak'],
        ] as const) {
          await page.goto(shop.url + path);
          await page.getByText(heading, { exact: true }).first().waitFor();
          expect(await violations(page), path).toEqual([]);
        }
        await page.goto(`${shop.url}/login`);
        await page.getByLabel('Email').fill('nobody@example.com');
        await page.getByLabel('Password').fill('not the right one');
        await page.getByRole('button', { name: 'Sign in' }).click();
        await page.getByRole('alert').waitFor();
        expect(await violations(page), 'refused').toEqual([]);

        await page.goto(`${untouched.url}/setup`);
        await page.getByRole('heading', { name: 'Set up Hark', level: 1 }).waitFor();
        await page.getByLabel('One-time code').waitFor();
        expect(await violations(page), 'setup').toEqual([]);
      });
    });
  }
}
