import { expect, test } from './fixtures';

test('a shop words its answers, a customer is answered in their language, and keeps order updates', async ({
  signedIn: page,
  shop,
}) => {
  await page.goto(`${shop.url}/settings/workspace`);
  await page.getByText('Your own words in Spanish').click();
  const words = page.getByLabel('Confirmation of STOP in Spanish');
  // What customers get stands there until the shop writes its own.
  await expect(words).toHaveAttribute('placeholder', /^Juniper & Oak: Baja confirmada/);
  await words.fill('No le escribiremos otra vez.');
  // The policy on marketing below is a form of its own.
  const save = page.locator('form', { has: words }).getByRole('button', { name: 'Save' });
  await save.click();
  await expect(page.getByRole('alert')).toContainText('It does not say who texts.');
  await words.fill('Juniper & Oak: No le escribiremos otra vez.');
  await page.getByLabel(/^Ask who texts STOP/).selectOption('24');
  await save.click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();

  const ava = '+12125550161';
  await shop.ask('POST', 'consents', {
    address: ava,
    permits: 'marketing',
    action: 'grant',
    proof: 'written',
    method: 'paper',
    disclosure: { locale: 'es-US', text: 'Acepto recibir promociones de Juniper & Oak.' },
  });
  await shop.ask('POST', 'messages', {
    to: ava,
    inbox_id: shop.inbox.id,
    body: 'Your parcel left.',
    purpose: 'transactional',
  });
  await shop.text(ava, 'Ya no me manden mensajes');
  const asked =
    'Juniper & Oak: No le escribiremos otra vez. Responda PEDIDOS en 24h para seguir solo con avisos de pedidos.';
  await expect
    .poll(async () => {
      const phone = await shop.ask<{ texts: { body: string }[] }>('GET', `simulator/phones/${ava}`);
      return phone.texts.at(-1)?.body;
    })
    .toBe(asked);
  await shop.text(ava, 'pedidos');

  await page.goto(`${shop.url}/compliance/opt-outs`);
  const row = page.getByRole('listitem').filter({ hasText: '(212) 555-0161' });
  await expect(row).toContainText('Marketing');
  await page.goto(`${shop.url}/compliance/consents?number=${encodeURIComponent(ava)}`);
  const entries = page.getByRole('main').getByRole('listitem');
  await expect(entries.filter({ hasText: 'Kept' })).toHaveCount(1);
});

test('an email that asks to stop is written down with its words', async ({
  signedIn: page,
  shop,
}) => {
  await page.goto(`${shop.url}/compliance/opt-outs`);
  await page.getByRole('button', { name: 'Opt a number out' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Number', { exact: true }).fill('(212) 555-0162');
  await dialog.getByLabel('They asked', { exact: true }).selectOption('email');
  await dialog.getByLabel('What the email says').fill('Please take my number off your list.');
  await dialog.getByLabel('From').fill('ava@example.com');
  await dialog.getByLabel('Sent').fill('2026-01-05T09:30');
  await dialog.getByRole('button', { name: 'Opt out', exact: true }).click();
  await expect(dialog).toBeHidden();
  const row = page.getByRole('listitem').filter({ hasText: '(212) 555-0162' });
  await expect(row).toContainText('Please take my number off your list.');
});
