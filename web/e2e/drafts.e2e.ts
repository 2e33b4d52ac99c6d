import type { Page } from '@playwright/test';
import { awake } from './awake';
import { expect, type Shop, test } from './fixtures';
import { photo } from './picture';

/** Ends the page's process as a crash would: nothing of the page gets to say goodbye. */
async function crash(page: Page) {
  const crashed = page.waitForEvent('crash');
  const session = await page.context().newCDPSession(page);
  // Never answered: who would answer is gone.
  session.send('Page.crash').catch(() => {});
  await crashed;
}

async function textsOn(shop: Shop, number: string) {
  const { texts } = await shop.ask<{
    texts: { body: string; direction: string; media: unknown[] }[];
  }>('GET', `simulator/phones/${encodeURIComponent(number)}`);
  return texts.map(({ body, media }) => `${body} +${media.length}`);
}

test('the words of a composer survive a crash', async ({ signedIn: page, shop }) => {
  await shop.text('+12125550221', 'Is the oak table solid?');
  await page.goto(`${shop.url}/inbox`);
  await page.getByRole('option', { name: /oak table/ }).click();
  await page.getByRole('textbox', { name: /^Text \(/ }).fill('Solid all through');
  const address = page.url();
  await crash(page);

  const next = await page.context().newPage();
  await next.goto(address);
  await expect(next.getByRole('textbox', { name: /^Text \(/ })).toHaveValue('Solid all through');
  await expect(next.getByRole('article', { name: /Solid all through/ })).toHaveCount(0);
  await next.close();
});

test('a new text survives a closed dialog, a reload and a crash, and leaves once', async ({
  signedIn: page,
  shop,
}) => {
  const to = awake('0222');
  const words = 'Your lamp is ready to be collected';
  const open = async (on: Page) => {
    await on.getByRole('heading', { name: 'Inbox', level: 1 }).first().waitFor();
    await on.keyboard.press('c');
    const dialog = on.getByRole('dialog', { name: 'New text' });
    await dialog.waitFor();
    return dialog;
  };
  await page.goto(`${shop.url}/inbox`);
  let dialog = await open(page);
  await dialog.getByRole('textbox', { name: 'To' }).fill(to);
  await dialog.getByRole('button', { name: /New number/ }).click();
  await dialog.getByLabel('Name of the customer').fill('Rosa Marsh');
  await dialog.getByLabel('Text', { exact: true }).fill(words);
  const chooser = page.waitForEvent('filechooser');
  await dialog.getByRole('button', { name: 'Add a photo' }).click();
  await (await chooser).setFiles(photo('lamp.png', [200, 180, 60]));
  await expect(dialog.getByRole('button', { name: /^Remove photo/ })).toHaveCount(1);
  const asWritten = async () => {
    await expect(dialog.getByText(/0 ?222$/)).toBeVisible();
    await expect(dialog.getByLabel('Name of the customer')).toHaveValue('Rosa Marsh');
    await expect(dialog.getByLabel('Text', { exact: true })).toHaveValue(words);
    await expect(dialog.getByRole('button', { name: /^Remove photo/ })).toHaveCount(1);
  };

  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  dialog = await open(page);
  await asWritten();
  await page.reload();
  dialog = await open(page);
  await asWritten();
  await crash(page);
  const next = await page.context().newPage();
  await next.goto(`${shop.url}/inbox`);
  dialog = await open(next);
  await asWritten();

  await dialog.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(next.getByRole('article', { name: new RegExp(words) })).toBeVisible();
  await expect.poll(() => textsOn(shop, to), { timeout: 20_000 }).toEqual([`${words} +1`]);
  dialog = await open(next);
  await expect(dialog.getByLabel('Text', { exact: true })).toHaveValue('');
  await expect(dialog.getByRole('button', { name: /^Remove photo/ })).toHaveCount(0);

  // Thrown away is gone at once, and for good.
  await dialog.getByLabel('Text', { exact: true }).fill('Never mind');
  await dialog.getByRole('button', { name: 'Discard' }).click();
  await expect(dialog).toBeHidden();
  await next.reload();
  dialog = await open(next);
  await expect(dialog.getByLabel('Text', { exact: true })).toHaveValue('');
  await next.close();
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test('a new text takes a photo straight from the camera', async ({ signedIn: page, shop }) => {
    await page.goto(`${shop.url}/inbox`);
    await page.getByRole('heading', { name: 'Inbox', level: 1 }).first().waitFor();
    await page.keyboard.press('c');
    const dialog = page.getByRole('dialog', { name: 'New text' });
    const chooser = page.waitForEvent('filechooser');
    await dialog.getByRole('button', { name: 'Take a photo' }).click();
    const camera = await chooser;
    expect(await camera.element().getAttribute('capture')).toBe('environment');
    await camera.setFiles(photo('shelf.png', [90, 140, 90]));
    await expect(dialog.getByRole('button', { name: /^Remove photo/ })).toHaveCount(1);
  });
});
