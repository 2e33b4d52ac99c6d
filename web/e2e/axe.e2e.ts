import type { Page } from '@playwright/test';
import type { components } from '../src/api/schema.gen';
import { expect, type Shop, setUp, test } from './fixtures';
import { NARROW, overflows } from './overflow';
import { photo } from './picture';
import { OPENINGS, openEach, SCREENS, see as seeAt } from './screens';
import { type Server, startServer } from './server';
import { violations } from './violations';

const SIZES = [
  { name: 'desk', width: 1440, height: 900 },
  { name: 'phone', width: 390, height: 844 },
];

const CUSTOMERS = 120;
const COLLEAGUE = 'Sam Lee';
const PHOTO_FROM = '+12125550171';
type Message = components['schemas']['Message'];

/** Every state a text can be in, as the thread shows it. Some take a carrier days to give. */
const STATES: Record<Exclude<Message['state'], 'received' | 'noted'>, Partial<Message>> = {
  queued: {
    reason: { code: 'network', detail: 'It is tried again.' },
    next_try: { at: Date.now() + 300_000, may_hasten: true },
  },
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
  await shop.colleague(COLLEAGUE, 'sam.lee.of.the.evening.shift@juniper-and-oak.example');
  await shop.invite('agent', 'somebody.who.has.not.come.yet@juniper-and-oak.example');
  await shop.ask('POST', 'api-keys', {
    name: 'The shop’s own order notices',
    scopes: ['read', 'write', 'send', 'admin'],
    purpose: 'transactional',
  });
  await shop.ask('POST', 'opt-in-pages', {
    inbox_id: shop.inbox.id,
    title: 'Offers by text',
    intro: 'Early access to sales, a few times a month.',
    region: 'us',
    keyword: 'OFFERS',
  });
  await shop.ask('POST', `inboxes/${shop.inbox.id}/join-words`, {
    word: 'OAK CLUB',
    double_opt_in: true,
    locale: 'en-US',
    programme: 'weekly offers',
    frequency: 'Up to 4 msgs/month',
    disclosure:
      'Text OAK CLUB to get weekly offers. Msg & data rates may apply. Reply STOP to end.',
  });
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

/** One whose screen has a name to show. */
async function customer() {
  const { items } = await shop.ask<{ items: { id: string; name: string }[] }>('GET', 'customers');
  const found = items.find(({ name }) => name !== '');
  if (!found) throw new Error('the demo shop has no customer with a name');
  return found;
}

for (const theme of ['light', 'dark'] as const) {
  for (const size of SIZES) {
    test.describe(`${theme}, ${size.name}`, { tag: '@looks' }, () => {
      test.use({ colorScheme: theme, viewport: { width: size.width, height: size.height } });
      test.beforeEach(() => test.setTimeout(240_000));

      const see = (page: Page, path: string, heading: RegExp | string) =>
        seeAt(page, shop.url + path, heading);

      test('every screen', async ({ page }) => {
        await shop.signIn(page);
        const { id, name } = await customer();
        const screens = [
          ...SCREENS,
          { name: 'a customer', path: `/customers/${id}`, ready: name },
          {
            name: 'before an erasure',
            path: `/compliance/erasure?customer=${id}`,
            ready: 'Export and erase',
          },
        ];
        for (const screen of screens) {
          await see(page, screen.path, screen.ready);
          if (screen.name === 'a customer') {
            await expect(page.getByRole('heading', { name: 'Numbers' })).toBeVisible();
          }
          expect(await violations(page), screen.name).toEqual([]);
          // Colours make nothing wider.
          if (theme === 'light' && size.name === 'phone') {
            await page.setViewportSize(NARROW);
            expect(await overflows(page), `${screen.name}, narrow`).toEqual([]);
            await page.setViewportSize({ width: size.width, height: size.height });
          }
        }
      });

      // The same parts on every screen: each theme and each size is seen, and not each pair of them.
      if ((theme === 'dark') === (size.name === 'phone')) {
        test('every dialog of a screen', async ({ page }) => {
          await shop.signIn(page);
          if (size.name === 'phone') await page.setViewportSize(NARROW);
          const look = async (what: string) => {
            expect(await violations(page), what).toEqual([]);
            expect(await overflows(page), what).toEqual([]);
          };
          const { id, name } = await customer();
          const openings = [
            ...OPENINGS,
            {
              path: `/compliance/erasure?customer=${id}`,
              ready: 'Export and erase',
              opens: [['Erase this customer', `Erase ${name}?`]],
            } as const,
          ];
          for (const opening of openings) {
            await see(page, opening.path, opening.ready);
            await openEach(page, opening, look);
          }
          await see(page, '/settings/members', 'Members');
          await page.getByRole('button', { name: `Actions for ${COLLEAGUE}` }).click();
          await page.getByRole('menuitem', { name: 'Disable' }).waitFor();
          await look('the menu of a member');
          await page.getByRole('menuitem', { name: 'Disable' }).click();
          await page.getByRole('alertdialog', { name: `Disable ${COLLEAGUE}?` }).waitFor();
          await look('before a member is disabled');
        });
      }

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
        if (size.name === 'phone') {
          // Where there is no room beside the thread, the customer lies over it.
          await page.keyboard.press(']');
          const drawer = page.getByRole('dialog', { name: 'Customer' });
          await drawer.getByRole('heading', { name: 'Numbers' }).waitFor();
          expect(await violations(page), 'customer').toEqual([]);
          await drawer.getByRole('button', { name: /^Opt out / }).click();
          await page.getByRole('dialog', { name: /^Opt .* out\?$/ }).waitFor();
          expect(await violations(page), 'opt-out').toEqual([]);
          await page.keyboard.press('Escape');
          await expect(page.getByRole('dialog')).toBeHidden();
        }
        await page.keyboard.press('s');
        await page.getByRole('complementary', { name: 'Simulator phone' }).waitFor();
        await page.getByRole('button', { name: 'Carrier faults' }).click();
        await page.getByRole('region', { name: 'Carrier faults' }).waitFor();
        expect(await violations(page), 'simulator').toEqual([]);

        // Whatever the size, one can go on texting: beside the faults on a desk, behind them on a phone.
        const field = page.getByRole('textbox', { name: 'Type as the customer' });
        const back = page.getByRole('button', { name: 'Back to the phone' });
        for (const at of size.name === 'phone' ? [size, NARROW] : [size]) {
          await page.setViewportSize({ width: at.width, height: at.height });
          expect(await overflows(page), `faults, ${at.width}`).toEqual([]);
          if (size.name === 'phone') {
            await expect(field).toBeHidden();
            await back.scrollIntoViewIfNeeded();
            await back.click();
            expect(await violations(page), `the phone, ${at.width}`).toEqual([]);
            expect(await overflows(page), `the phone, ${at.width}`).toEqual([]);
          }
          for (const part of [field, page.getByRole('button', { name: 'STOP', exact: true })]) {
            await expect(part).toBeInViewport({ ratio: 1 });
          }
          if (size.name === 'phone') {
            await page.getByRole('button', { name: 'Carrier faults' }).click();
          }
        }
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
