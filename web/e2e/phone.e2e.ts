import type { Page } from '@playwright/test';
import { expect, test } from './fixtures';
import { NARROW } from './overflow';
import { photo } from './picture';

const FROM = '+12125550181';
const COUNT = 14;

async function openPhone(page: Page, url: string, number: string) {
  await page.goto(`${url}/inbox`);
  await page.getByRole('heading', { name: 'Inbox', level: 1 }).waitFor();
  await page.keyboard.press('s');
  const phone = page.getByRole('complementary', { name: 'Simulator phone' });
  await phone.getByLabel('Number of this phone').fill(number);
  return phone;
}

test('the phone stays at its newest text while one is there, and nowhere else', async ({
  signedIn: page,
  shop,
}) => {
  for (let at = 1; at <= COUNT; at += 1) await shop.text(FROM, `Line ${at}.`);
  const phone = await openPhone(page, shop.url, FROM);
  const log = phone.getByRole('log');
  const line = (at: number) => log.getByText(`Line ${at}.`, { exact: true });
  await expect(line(COUNT)).toBeInViewport({ ratio: 1 });

  // It becomes less tall.
  const faults = phone.getByRole('button', { name: 'Carrier faults' });
  const tall = await log.evaluate((box) => box.clientHeight);
  await faults.click();
  await phone.getByRole('region', { name: 'Carrier faults' }).waitFor();
  expect(await log.evaluate((box) => box.clientHeight)).toBeLessThan(tall);
  await expect(line(COUNT)).toBeInViewport({ ratio: 1 });
  await faults.click();

  // A picture has no height until it is there, which is long after its text.
  let arrives = () => {};
  const held = new Promise<void>((resolve) => {
    arrives = resolve;
  });
  await page.route('**/api/v1/media/**', async (route) => {
    await held;
    await route.continue();
  });
  await shop.text(FROM, 'This one', [photo('mug.png', [180, 40, 40])]);
  const newest = log.getByText('This one', { exact: true });
  await expect(newest).toBeInViewport({ ratio: 1 });
  arrives();
  const picture = log.getByRole('img', { name: 'Photo' });
  await expect(picture).toHaveJSProperty('naturalWidth', 320);
  await expect(newest).toBeInViewport({ ratio: 1 });

  // Who reads what came before is left there.
  await log.evaluate((box) => {
    box.scrollTop = 0;
  });
  await expect(line(1)).toBeInViewport({ ratio: 1 });
  await shop.text(FROM, 'And one more');
  await log.getByText('And one more', { exact: true }).waitFor();
  await expect(line(1)).toBeInViewport({ ratio: 1 });
  // Who sends is shown what they sent.
  await phone.getByRole('textbox', { name: 'Type as the customer' }).fill('The last');
  await page.keyboard.press('Enter');
  await expect(log.getByText('The last', { exact: true })).toBeInViewport({ ratio: 1 });
});

test('on a phone the faults take the place of the texts, and what was typed waits', async ({
  signedIn: page,
  shop,
}) => {
  const phone = await openPhone(page, shop.url, FROM);
  await page.setViewportSize(NARROW);
  const field = phone.getByRole('textbox', { name: 'Type as the customer' });
  await field.fill('Half a sentence');
  const faults = phone.getByRole('region', { name: 'Carrier faults' });
  await phone.getByRole('button', { name: 'Carrier faults' }).click();
  await faults.waitFor();
  await expect(field).toBeHidden();
  await faults.getByLabel('Delay of a text').fill('900');
  await faults.getByRole('button', { name: 'Behave well again' }).click();
  await expect(faults.getByLabel('Delay of a text')).toHaveValue('150');
  await expect(faults.getByLabel('Delay of a receipt')).toHaveValue('100');
  await faults.getByRole('button', { name: 'Back to the phone' }).click();
  await expect(faults).toBeHidden();
  await expect(field).toBeInViewport({ ratio: 1 });
  await expect(field).toHaveValue('Half a sentence');
});
