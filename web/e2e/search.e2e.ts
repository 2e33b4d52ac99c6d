import { expect, test } from './fixtures';

const PHONE = '+12125550191';
const COUNT = 130;

test('a search opens the thread at the message, and pages load both ways from there', async ({
  signedIn: page,
  shop,
}) => {
  test.setTimeout(180_000);
  for (let at = 1; at <= COUNT; at += 1) {
    await shop.text(PHONE, at === 60 ? 'Is the marigold teapot dishwasher safe?' : `Line ${at}.`);
  }
  await page.goto(`${shop.url}/search`);
  await page.getByRole('searchbox', { name: /Search/ }).fill('marigold');
  const hit = page.getByRole('button', { name: /marigold teapot/ });
  await hit.waitFor();
  // From the field into the results by keys alone.
  await page.keyboard.press('ArrowDown');
  await expect(hit).toBeFocused();
  await page.keyboard.press('Enter');

  const found = page.getByRole('article', { name: /marigold teapot/ });
  await expect(page).toHaveURL(/\/inbox\/conv_[0-9a-f]+\?message=msg_[0-9a-f]+$/);
  await expect(found).toBeInViewport();
  await expect(found).toHaveAttribute('aria-current', 'true');
  await expect(found).toBeFocused();

  const thread = page.getByRole('region', { name: /^Texts with/ });
  await thread.focus();
  for (const [key, name] of [
    ['End', /Line 130\.$/],
    ['Home', /Line 1\.$/],
  ] as const) {
    await expect(async () => {
      await page.keyboard.press(key);
      await expect(page.getByRole('article', { name })).toBeInViewport({ timeout: 300 });
    }).toPass({ timeout: 20_000 });
  }

  // The link alone leads there as well, for whoever gets it.
  await page.reload();
  await expect(found).toBeInViewport();
  await expect(found).toHaveAttribute('aria-current', 'true');

  // One's own text always shows, and the mark is left behind.
  await page.getByRole('textbox', { name: /^Text \(/ }).fill('Yes, it is');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('article', { name: /Yes, it is/ })).toBeInViewport();
  await expect(page).toHaveURL(/\/inbox\/conv_[0-9a-f]+$/);
});

test('one search finds customers and their texts', async ({ signedIn: page, shop }) => {
  const made = await shop.ask<{ id: string }>('POST', 'customers', {
    name: 'Clementine Okafor',
    address: '+12125550193',
  });
  await shop.text('+12125550194', 'A crate of clementines for Friday');
  await page.goto(`${shop.url}/search`);
  const field = page.getByRole('searchbox', { name: /Search/ });
  await expect(async () => {
    await field.fill('');
    await field.fill('clementine');
    await expect(page.getByRole('status').filter({ hasText: 'Found 1 customer and' })).toBeVisible({
      timeout: 1000,
    });
    await expect(page.getByRole('button', { name: /crate of clementines/ })).toBeVisible({
      timeout: 1000,
    });
  }).toPass({ timeout: 20_000 });
  // The customer first, by keys alone.
  await field.focus();
  await page.keyboard.press('ArrowDown');
  const person = page
    .getByRole('region', { name: 'Customers' })
    .getByRole('button', { name: /Clementine Okafor/ });
  await expect(person).toBeFocused();
  await expect(person).toContainText('(212) 555-0193');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/customers/${made.id}$`));
});

test('a link to a text that is not there says so and shows the thread', async ({
  signedIn: page,
  shop,
}) => {
  await shop.text('+12125550192', 'Still here');
  await page.goto(`${shop.url}/inbox`);
  await page.getByRole('option', { name: /Still here/ }).click();
  await page.waitForURL(/\/inbox\/conv_/);
  await page.goto(`${page.url()}?message=msg_01932c07a1b87c3f9d2e5f6a7b8c9d0e`);
  await expect(page.getByText('The text this link leads to is not here any more')).toBeVisible();
  await expect(page.getByRole('article', { name: /Still here/ })).toBeVisible();
});
