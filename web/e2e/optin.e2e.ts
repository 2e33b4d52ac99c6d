import type { Page } from '@playwright/test';
import { expect, type Shop, test } from './fixtures';
import { violations } from './violations';

const AVA = '+12125550191';

interface Made {
  id: string;
  url: string;
  disclosure: string;
}

const makePage = (shop: Shop, more = {}) =>
  shop.ask<Made>('POST', 'opt-in-pages', {
    inbox_id: shop.inbox.id,
    title: 'Offers by text',
    intro: 'Early access to sales, a few times a month.',
    region: 'us',
    privacy_url: 'https://shop.example/privacy',
    terms_url: 'https://shop.example/terms',
    ...more,
  });

const at = (shop: Shop, url: string) => shop.url + new URL(url).pathname + new URL(url).search;

/** The last text that a simulated phone got. */
async function lastText(shop: Shop, number: string, holds: string): Promise<string> {
  let last = '';
  await expect
    .poll(
      async () => {
        const answer = await shop.api.get(`/api/v1/simulator/phones/${number}`);
        if (!answer.ok()) return '';
        const { texts }: { texts: { body: string }[] } = await answer.json();
        last = texts.at(-1)?.body ?? '';
        return last;
      },
      { timeout: 30_000 },
    )
    .toContain(holds);
  return last;
}

const fits = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);

test('without a script: a form, a text, a link, and then they choose', async ({
  browser,
  shop,
}) => {
  const made = await makePage(shop);
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  const answer = await page.goto(at(shop, made.url));
  expect((await answer?.body())?.length).toBeLessThanOrEqual(20_000);

  const box = page.getByRole('checkbox');
  await expect(box).not.toBeChecked();
  const read = await page.locator('#words').textContent();
  await page.getByLabel('Mobile number').fill('212');
  await box.check();
  await page.getByRole('button', { name: 'Sign up' }).click();
  await expect(page.getByRole('alert')).toContainText('too few digits');
  await expect(page.getByLabel('Mobile number')).toHaveValue('212');
  await page.getByLabel('Mobile number').fill('(212) 555-0191');
  await page.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Sign up' }).click();
  await expect(page.getByRole('heading', { name: 'Check your phone' })).toBeVisible();

  const { items }: { items: { disclosure: { text: string }; action: string }[] } = await (
    await shop.api.get(`/api/v1/consents?address=${encodeURIComponent(AVA)}`)
  ).json();
  expect(items.map((entry) => [entry.action, entry.disclosure.text])).toEqual([['request', read]]);

  const link = /https?:\S+/.exec(await lastText(shop, AVA, 'to confirm'))?.[0] ?? '';
  await page.goto(at(shop, link));
  await page.getByRole('button', { name: 'Confirm' }).click();
  await expect(page.getByRole('heading', { name: 'You are signed up' })).toBeVisible();
  await lastText(shop, AVA, 'signed up');

  const found: { items: { id: string }[] } = await (
    await shop.api.get(`/api/v1/customers?q=${encodeURIComponent('2125550191')}`)
  ).json();
  const own = await shop.ask<{ url: string }>(
    'POST',
    `customers/${found.items[0]?.id}/preference-link`,
  );
  await page.goto(at(shop, own.url));
  await expect(page.getByLabel('Offers and news')).toBeChecked();
  await page.getByLabel('Offers and news').uncheck();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('status')).toContainText('Saved');
  await expect(page.getByLabel('Offers and news')).not.toBeChecked();
  await page.getByRole('button', { name: 'Stop all texts' }).click();
  await expect(page.getByRole('main')).toContainText('text START');
  const outs: { items: { address: string; scope: string }[] } = await (
    await shop.api.get('/api/v1/opt-outs')
  ).json();
  expect(outs.items.some(({ address, scope }) => address === AVA && scope === 'all')).toBe(true);
  await context.close();
});

for (const theme of ['light', 'dark'] as const) {
  test.describe(theme, () => {
    test.use({ colorScheme: theme });
    for (const width of [320, 1280]) {
      test(`every page for customers is for everybody, ${width} px`, async ({ page, shop }) => {
        await page.setViewportSize({ width, height: 700 });
        const made = await makePage(shop, { intro: 'W'.repeat(120) });
        const number = `+1212555${width === 320 ? '01' : '02'}${theme === 'light' ? '11' : '12'}`;
        const look = async (heading: string) => {
          await expect(page.getByRole('heading', { name: heading, level: 1 })).toBeVisible();
          expect(await violations(page), heading).toEqual([]);
          expect(await fits(page), heading).toBe(true);
        };
        await page.goto(at(shop, made.url));
        await look('Offers by text');
        await page.getByLabel('Mobile number').fill('1');
        await page.getByRole('checkbox').check();
        await page.getByRole('button', { name: 'Sign up' }).click();
        await look('Offers by text');
        await page.getByLabel('Mobile number').fill(number);
        await page.getByRole('checkbox').check();
        await page.getByRole('button', { name: 'Sign up' }).click();
        await look('Check your phone');
        const link = /https?:\S+/.exec(await lastText(shop, number, 'to confirm'))?.[0] ?? '';
        await page.goto(at(shop, link));
        await look('Confirm your sign-up');
        await page.getByRole('button', { name: 'Confirm' }).click();
        await look('You are signed up');
        const found: { items: { id: string }[] } = await (
          await shop.api.get(`/api/v1/customers?q=${number.slice(2)}`)
        ).json();
        const own = await shop.ask<{ url: string }>(
          'POST',
          `customers/${found.items[0]?.id}/preference-link`,
        );
        await page.goto(at(shop, own.url));
        await look('Your texts');
        await page.getByLabel('Offers and news').uncheck();
        await page.getByRole('button', { name: 'Save' }).click();
        await look('Your texts');
        await page.goto(`${shop.url}/o/00000000000000000000`);
        await look('Nothing here');
      });
    }
  });
}

test('a member makes a page, prints a poster and looks at it', async ({ signedIn: page, shop }) => {
  await page.goto(`${shop.url}/settings/optin`);
  await page.getByRole('button', { name: 'Add a page' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add an opt-in page' });
  await dialog.getByLabel('Heading', { exact: true }).fill('Summer fair');
  await dialog.getByLabel('Word to text').fill('STOP');
  await dialog.getByRole('button', { name: 'Add page' }).click();
  await expect(dialog.getByRole('alert')).toContainText('asks for something else');
  await dialog.getByLabel('Word to text').fill('FAIR');
  await dialog.getByRole('button', { name: 'Add page' }).click();
  await expect(dialog).toBeHidden();
  await page.getByRole('button', { name: 'Codes and posters of Summer fair' }).click();
  const codes = page.getByRole('dialog', { name: 'Codes and posters: Summer fair' });
  await codes.getByLabel('Where it hangs').fill('Gate');
  await codes.getByRole('button', { name: 'Add poster' }).click();
  await expect(codes.getByText('Gate', { exact: true })).toBeVisible();
  expect(await violations(page)).toEqual([]);
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    codes.getByRole('link', { name: 'Poster: Gate' }).click(),
  ]);
  expect(file.suggestedFilename()).toBe('poster.pdf');
});
