import { expect, test } from './fixtures';

const COUNT = 20;

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
  // A mouse may not help: any click of a pointer fails the test.
  await page.evaluate(() =>
    addEventListener('pointerdown', () => {
      throw new Error('a pointer was used');
    }),
  );

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
