import { awake } from './awake';
import { expect, type Shop, setUp, test } from './fixtures';
import { type Provider, startProvider } from './provider';
import { startServer } from './server';

const SENT_MS = 20_000;

test('a refused text is sent again once the carrier takes texts, and delivered', async ({
  signedIn: page,
  shop,
}) => {
  const from = '+12125550211';
  await shop.text(from, 'Can I change the size?');
  await page.goto(`${shop.url}/inbox`);
  await page.getByRole('option', { name: /change the size/ }).click();
  const field = page.getByRole('textbox', { name: /^Text \(/ });
  await field.waitFor();
  await page.keyboard.press('s');
  const phone = page.getByRole('complementary', { name: 'Simulator phone' });
  await phone.getByLabel('Number of this phone').fill(from);
  await phone.getByRole('button', { name: 'Carrier faults' }).click();
  const faults = phone.getByRole('region', { name: 'Carrier faults' });
  const saved = () =>
    page.waitForResponse(
      (answer) => answer.url().includes('/simulator/faults') && answer.request().method() === 'PUT',
    );
  const broken = saved();
  await faults.getByLabel('Reject every text').selectOption('carrier_filtered');
  await broken;

  await field.fill('Yes, to any size');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  const texts = page.getByRole('article', { name: /to any size/ });
  const again = texts.getByRole('button', { name: 'Try again' });
  await expect(again).toBeVisible({ timeout: SENT_MS });

  // Still refused: a try of its own, which fails by itself. The old one cannot be asked again.
  await again.click();
  await expect(texts).toHaveCount(2);
  await expect(texts.first().getByText('Sent again below')).toBeVisible();
  await expect(texts.last().getByRole('button', { name: 'Try again' })).toBeVisible({
    timeout: SENT_MS,
  });
  await expect(again).toHaveCount(1);
  await expect(phone.getByRole('log').getByText('to any size')).toHaveCount(0);

  const healed = saved();
  await faults.getByRole('button', { name: 'Behave well again' }).click();
  await healed;
  await again.click();
  await expect(texts).toHaveCount(3);
  await expect(texts.last().getByText('Delivered')).toBeVisible({ timeout: SENT_MS });
  await expect(phone.getByRole('log').getByText('to any size')).toHaveCount(1);
  await expect(again).toHaveCount(0);
});

test('a text the provider did not take says when it is tried again, and is tried now by keys', async ({
  signedIn: page,
  shop,
}) => {
  const from = '+12125550213';
  await shop.text(from, 'Is the shop open?');
  const faults = await shop.ask<Record<string, unknown>>('GET', 'simulator/faults');
  await shop.ask('PUT', 'simulator/faults', { ...faults, reject_code: 'network' });
  await page.goto(`${shop.url}/inbox`);
  await page.getByRole('option', { name: /shop open/ }).click();
  await page.getByRole('textbox', { name: /^Text \(/ }).fill('Until six');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  const text = page.getByRole('article', { name: /Until six/ });
  await expect(text).toContainText(/The provider does not answer; trying again at \d+:\d\d/, {
    timeout: SENT_MS,
  });

  // Still away: it waits on, and says so again.
  const now = text.getByRole('button', { name: 'Try now' });
  await now.focus();
  await page.keyboard.press('Enter');
  await expect(now).toBeVisible({ timeout: SENT_MS });

  await shop.ask('PUT', 'simulator/faults', { ...faults, reject_code: null });
  await now.focus();
  await page.keyboard.press('Enter');
  await expect(text.getByText('Delivered')).toBeVisible({ timeout: SENT_MS });
  await expect(now).toHaveCount(0);
  await expect(text).toHaveCount(1);
  const phone = await shop.ask<{ texts: { body: string }[] }>(
    'GET',
    `simulator/phones/${encodeURIComponent(from)}`,
  );
  expect(phone.texts.filter(({ body }) => body === 'Until six')).toHaveLength(1);
});

test('a text that may have arrived is sent again only after a warning', async ({ page }) => {
  const server = await startServer(['--provider-reach', 'anywhere']);
  const to = awake('0212');
  let provider: Provider | undefined;
  let shop: Shop | undefined;
  try {
    shop = await setUp(server);
    provider = await startProvider(shop, [to]);
    provider.become('hangs up');
    const words = 'Your parcel is at the door';
    const { conversation } = await shop.ask<{ conversation: { id: string } }>(
      'POST',
      'conversations',
      { to, inbox_id: provider.inbox, body: words },
    );
    await shop.signIn(page);
    await page.goto(`${server.url}/inbox/${conversation.id}`);
    const texts = page.getByRole('article', { name: /at the door/ });
    const again = texts.getByRole('button', { name: 'Send again' });
    await expect(again).toBeVisible({ timeout: SENT_MS });
    expect(provider.handed).toEqual([words]);

    const warning = page.getByRole('alertdialog', { name: 'It may have arrived. Send again?' });
    await again.click();
    await expect(warning).toContainText('the customer gets it twice');
    await warning.getByRole('button', { name: 'Cancel' }).click();
    await expect(warning).toBeHidden();
    expect(provider.handed, 'nothing leaves before it is confirmed').toEqual([words]);

    provider.become('takes');
    await again.click();
    await warning.getByRole('button', { name: 'Send again' }).click();
    await expect(warning).toBeHidden();
    await expect(texts).toHaveCount(2);
    await expect(texts.last().getByText('Sent to the provider')).toBeVisible({ timeout: SENT_MS });
    await expect(texts.first().getByText('Sent again below')).toBeVisible();
    await expect(again).toHaveCount(0);
    expect(provider.handed).toEqual([words, words]);
  } finally {
    await provider?.stop();
    await shop?.api.dispose();
    await server.stop();
  }
});
