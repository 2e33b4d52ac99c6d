import type { Page } from '@playwright/test';
import { expect, OWNER, SHOP, test } from './fixtures';
import { startServer } from './server';

/**
 * Measures in the page, from the click to the row: what the test runner needs to click and to look is
 * no part of it.
 */
async function timeFromPhoneToList(page: Page, words: string): Promise<() => Promise<number>> {
  const took = await page.evaluateHandle((words) => {
    const measured = { ms: Number.NaN };
    addEventListener(
      'click',
      ({ timeStamp }) => {
        const watch = new MutationObserver(() => {
          const rows = [...document.querySelectorAll('[role=option]')];
          if (!rows.some((row) => row.textContent?.includes(words))) return;
          measured.ms = performance.now() - timeStamp;
          watch.disconnect();
        });
        watch.observe(document, { childList: true, characterData: true, subtree: true });
      },
      { capture: true, once: true },
    );
    return measured;
  }, words);
  return () => took.evaluate(({ ms }) => ms);
}

test('from the first start to an answered text, without a reload', async ({ page }) => {
  const server = await startServer();
  const started = Date.now();
  try {
    await page.goto(server.url);
    await expect(page.getByRole('heading', { name: 'Set up Hark' })).toBeVisible();
    await page.getByLabel('One-time code').fill(server.code);
    await page.getByLabel('Your name').fill(OWNER.name);
    await page.getByLabel('Email').fill(OWNER.email);
    await page.getByLabel('Password').fill(OWNER.password);
    await page.getByLabel('Shop', { exact: true }).fill(SHOP.workspace_name);
    await page.getByLabel('Time zone').selectOption(SHOP.time_zone);
    await page.getByRole('switch', { name: 'Fill with a demo shop' }).click();
    await page.getByRole('button', { name: 'Set up Hark' }).click();

    await expect(page.getByRole('heading', { name: 'First steps' })).toBeVisible();
    await page
      .getByRole('navigation', { name: 'Main' })
      .getByRole('button', { name: 'Inbox' })
      .first()
      .click();
    await expect(page.getByText('No open conversations')).toBeVisible();
    await page.evaluate(() => Reflect.set(window, 'neverReloaded', true));

    await page.keyboard.press('s');
    const phone = page.getByRole('complementary', { name: 'Simulator phone' });
    await phone.getByLabel('Type as the customer').fill('Hi, where is my order #1042?');
    const shown = await timeFromPhoneToList(page, 'where is my order #1042');
    await phone.getByRole('button', { name: 'Send from the phone' }).click();

    const row = page.getByRole('option', { name: /where is my order #1042/ });
    await row.waitFor({ timeout: 5000 });
    expect(await shown(), 'ms from the phone to the open inbox').toBeLessThan(1000);

    await row.click();
    const thread = page.getByRole('region', { name: /^Texts with/ });
    await expect(thread.getByRole('article', { name: /where is my order #1042/ })).toBeVisible();
    await page
      .getByRole('textbox', { name: /^Text \(/ })
      .fill('It left this morning and arrives tomorrow.');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await expect(thread.getByRole('article', { name: /arrives tomorrow/ })).toBeVisible();

    await expect(phone.getByText('It left this morning and arrives tomorrow.')).toBeVisible({
      timeout: 20_000,
    });
    await expect(thread.getByText('Delivered')).toBeVisible({ timeout: 20_000 });
    expect(await page.evaluate(() => Reflect.get(window, 'neverReloaded'))).toBe(true);
    expect(Date.now() - started, 'the whole way').toBeLessThan(180_000);
  } finally {
    await server.stop();
  }
});
