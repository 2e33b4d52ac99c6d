import { expect, test } from './fixtures';

const NUMBER = '+12125550151';
const SHOWN = '(212) 555-0151';

test('a customer is erased, their thread is gone, and a text to the number is still refused', async ({
  signedIn: page,
  shop,
}) => {
  await shop.text(NUMBER, 'my walnut board arrived split');
  await page.goto(`${shop.url}/inbox?view=all`);
  await page.getByRole('option', { name: /my walnut board arrived split/ }).click();
  const thread = page.url();
  const panel = page.getByRole('complementary', { name: 'Customer' });
  await panel.getByRole('button', { name: 'Export or erase' }).click();
  await expect(page).toHaveURL(/\/compliance\/erasure\?customer=cus_/);

  // The file first: afterwards there is nothing to put into it.
  await page.getByRole('button', { name: 'Make an export' }).click();
  const link = page.getByRole('link', { name: /^Download the export/ });
  const [file] = await Promise.all([page.waitForEvent('download'), link.click()]);
  expect(file.suggestedFilename()).toMatch(/^customer-cus_.*\.zip$/);

  await expect(page.getByText('1 conversation', { exact: true })).toBeVisible();
  await expect(page.getByText(/^A keyed hash of their number, for good/)).toBeVisible();
  await page.getByRole('button', { name: 'Erase this customer' }).click();
  const dialog = page.getByRole('dialog', { name: `Erase ${SHOWN}?` });
  const confirm = dialog.getByLabel(`Type ${SHOWN} to confirm`);
  await confirm.fill('(212) 555-0150');
  await dialog.getByRole('button', { name: 'Erase for good' }).click();
  await expect(dialog.getByRole('alert')).toContainText(`That is not ${SHOWN}.`);
  await confirm.fill('212 555 0151');
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();

  const row = page.getByRole('main').getByRole('listitem').filter({ hasText: 'Maya Ortiz' });
  await expect(row).toContainText('Done');
  await expect(page.getByText(SHOWN)).toHaveCount(0);
  await page.getByLabel('Find a customer by name or number').fill(SHOWN);
  await expect(page.getByText(`No customer matches “${SHOWN}”.`)).toBeVisible();

  await page.goto(thread);
  await expect(page.getByText('my walnut board arrived split')).toHaveCount(0);
  await page.goto(`${shop.url}/inbox?view=all`);
  await page.getByRole('heading', { name: 'Inbox', level: 1 }).first().waitFor();
  await expect(page.getByRole('option', { name: /my walnut board/ })).toHaveCount(0);

  const body = 'Juniper & Oak: your order is ready.';
  const sent = { to: NUMBER, inbox_id: shop.inbox.id, purpose: 'transactional', body };
  const { message }: { message: { state: string; reason: { code: string } | null } } =
    await shop.ask('POST', 'messages', sent);
  expect(message.state).toBe('refused');
  expect(message.reason?.code).toBe('opted_out');
});

test('a term shows what it would remove before it is set', async ({ signedIn: page, shop }) => {
  await page.goto(`${shop.url}/compliance/retention`);
  const row = page.getByRole('listitem').filter({ hasText: 'Private notes' });
  await expect(row).toContainText('Kept for good');
  await row.getByRole('button', { name: 'Change how long is kept: Private notes' }).click();
  const dialog = page.getByRole('dialog', { name: 'How long to keep: Private notes' });
  await dialog.getByLabel('Keep').selectOption('days');
  await dialog.getByLabel('Days', { exact: true }).fill('365');
  await expect(dialog.getByRole('status')).toContainText('would remove nothing');
  await dialog.getByRole('button', { name: 'Set the term' }).click();
  await expect(row).toContainText('Kept for 365 days');
  await expect(row).toContainText('The next run removes nothing.');
});
