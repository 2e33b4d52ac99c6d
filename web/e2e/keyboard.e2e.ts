import type { Page } from '@playwright/test';
import { expect, OWNER, type Shop, test } from './fixtures';

const COUNT = 20;

/** A mouse may not help: any click of a pointer fails the test. */
const forbidPointer = (page: Page) =>
  page.evaluate(() =>
    addEventListener('pointerdown', () => {
      throw new Error('a pointer was used');
    }),
  );

test(`${COUNT} conversations read, answered and closed with keys only`, async ({
  signedIn: page,
  shop,
}) => {
  test.setTimeout(180_000);
  const before: { open: number } = await (await shop.api.get('/api/v1/conversation-counts')).json();
  for (let at = 0; at < COUNT; at += 1) {
    await shop.text(`+1212555${String(200 + at).padStart(4, '0')}`, `Question number ${at + 1}`);
  }
  await page.goto(`${shop.url}/inbox?sort=oldest`);
  await page.getByRole('listbox', { name: 'Conversations' }).waitFor();
  await forbidPointer(page);

  await page.keyboard.press('g');
  await page.keyboard.press('u');
  await expect(page).toHaveURL(/view=unassigned/);
  const field = page.getByRole('textbox', { name: /^Text / });
  const answered = new Set<string>();
  await page.keyboard.press('j');
  while (answered.size < COUNT) {
    await page.waitForURL(/\/inbox\/conv_/);
    const id = /conv_[0-9a-f]+/.exec(page.url())?.[0] ?? '';
    await expect(page.getByRole('region', { name: /^Texts with/ })).toBeVisible();
    await page.keyboard.press('r');
    await expect(field).toBeFocused();
    await page.keyboard.type(`Answer ${answered.size + 1}`);
    await page.keyboard.press('Control+Enter');
    await expect(
      page.getByRole('article', { name: new RegExp(`Answer ${answered.size + 1}$`) }),
    ).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(field).not.toBeFocused();
    await page.keyboard.press('e');
    answered.add(id);
    if (answered.size < COUNT) await page.waitForURL((url) => !url.pathname.includes(id));
  }
  await expect
    .poll(async () => (await (await shop.api.get('/api/v1/conversation-counts')).json()).open)
    .toBe(before.open);
});

interface Stands {
  status: string;
  unread: boolean;
  assignee: { name: string } | null;
  snoozed_until: number | null;
}

test('a pile is assigned, snoozed, put back, reopened and gone through with keys only', async ({
  signedIn: page,
  shop,
}) => {
  test.setTimeout(180_000);
  const SAM = 'Sam Lee';
  await shop.colleague(SAM, 'sam@example.com');
  // What other journeys left open must not stand between.
  await leaveNothing(shop);
  const pile = ['assigned', 'snoozed', 'left unread', 'taken', 'closed', 'passed over'];
  for (const [at, what] of pile.entries()) {
    await shop.text(`+12125559${String(at).padStart(3, '0')}`, `To be ${what}`);
  }
  await page.goto(`${shop.url}/inbox?sort=oldest`);
  await page.getByRole('option', { name: /To be passed over/ }).waitFor();
  await forbidPointer(page);

  const at = () => /conv_[0-9a-f]+/.exec(page.url())?.[0] ?? '';
  const stands = (id: string) => shop.ask<Stands>('GET', `conversations/${id}`);
  const onScreen = async (what: string) => {
    await page.getByRole('article', { name: new RegExp(`To be ${what}`) }).waitFor();
    return at();
  };
  /** Goes on with `key` until a conversation of the pile is on screen. */
  const step = async (key: string, what: string) => {
    await page.keyboard.press(key);
    return onScreen(what);
  };
  const first = await step('j', 'assigned');

  await page.keyboard.press('a');
  await page.getByRole('combobox', { name: 'Assign' }).waitFor();
  await page.keyboard.type('sam');
  await page.getByRole('option', { name: SAM }).waitFor();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Assign' })).toBeHidden();
  await expect.poll(async () => (await stands(first)).assignee?.name).toBe(SAM);

  const second = await step('j', 'snoozed');
  await page.keyboard.press('z');
  await page.getByRole('combobox', { name: 'Snooze until' }).waitFor();
  await page.keyboard.type('tomorrow 9');
  await page.keyboard.press('Enter');
  // A snoozed one is out of the way: the next is there by itself.
  const third = await onScreen('left unread');
  const snoozed = await stands(second);
  expect(snoozed.status).toBe('snoozed');
  const until = new Date(snoozed.snoozed_until ?? 0);
  expect(until.toLocaleTimeString('en-US', { timeZone: 'America/New_York' })).toBe('9:00:00 AM');

  await expect.poll(async () => (await stands(third)).unread).toBe(false);
  await page.keyboard.press('u');
  await expect.poll(async () => (await stands(third)).unread).toBe(true);

  const fourth = await step('j', 'taken');
  expect((await stands(third)).unread, 'still unread when one has gone on').toBe(true);
  await page.keyboard.press('i');
  await expect.poll(async () => (await stands(fourth)).assignee?.name).toBe(OWNER.name);

  const fifth = await step('j', 'closed');
  await page.keyboard.press('e');
  const sixth = await onScreen('passed over');
  await expect.poll(async () => (await stands(fifth)).status).toBe('closed');
  // One key takes it back, and one goes back to it.
  await page.keyboard.press('Control+z');
  await onScreen('closed');
  await expect.poll(async () => (await stands(fifth)).status).toBe('open');
  await step('j', 'passed over');
  await step('k', 'closed');
  expect(await stands(sixth)).toMatchObject({ status: 'open', assignee: null });
  await leaveNothing(shop);
});

/** Closes what is open, so that the counts of other journeys hold. */
async function leaveNothing(shop: Shop) {
  const { items } = await shop.ask<{ items: { id: string }[] }>('GET', 'conversations?view=all');
  for (const { id } of items) await shop.ask('POST', `conversations/${id}/close`);
}

test('the palette, the help and Esc are reached and left by keys', async ({
  signedIn: page,
  shop,
}) => {
  await page.goto(`${shop.url}/customers`);
  await page.getByRole('heading', { name: 'Customers' }).waitFor();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeHidden();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Go, find, do' }).fill('setti');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/settings/);
});

test('the palette leads to any page, view and customer by what it may be called', async ({
  signedIn: page,
  shop,
}) => {
  const customer = '+12125550188';
  await shop.text(customer, 'Is the marble tray back?');
  await page.goto(`${shop.url}/settings`);
  // What stands open beside the list is marked in it.
  await expect(
    page.getByRole('navigation', { name: 'Settings' }).locator('[aria-current=page]'),
  ).toHaveText('Workspace and brand');
  for (const [typed, option, leads] of [
    ['stop sending', 'Stop sending', /\/settings\/sending$/],
    ['api key', 'API keys', /\/settings\/keys$/],
    ['audit', 'Audit log', /\/compliance\/audit$/],
    ['archive', 'Closed', /\/inbox\?view=closed$/],
    ['sort oldest', 'Oldest first', /\/inbox\?view=closed&sort=oldest$/],
    ['0188', '(212) 555-0188', /\/customers\/cus_[0-9a-f]+$/],
  ] as const) {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Go, find, do' }).fill(typed);
    await expect(page.getByRole('option', { name: option })).toBeVisible();
    await expect(page.getByRole('option').first()).toHaveText(option);
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(leads);
  }
});
