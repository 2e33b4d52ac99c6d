import { expect, setUp, test } from './fixtures';
import { startServer } from './server';

const CUSTOMER = '+12125550192';
/** A Tuesday noon in New York. */
const NOON = new Date('2028-03-14T16:00:00Z');
const SALE = 'Juniper & Oak: lamps are back. Reply STOP to cancel.';

test('a customer who complains is sold nothing until that is settled, nor more than the shop allows', async ({
  page,
}) => {
  const server = await startServer(['--rehearse-at', NOON.toISOString()]);
  try {
    const shop = await setUp(server);
    await page.clock.setFixedTime(NOON);
    await shop.signIn(page);
    const sells = () =>
      shop.ask('POST', 'messages', {
        to: CUSTOMER,
        inbox_id: shop.inbox.id,
        purpose: 'marketing',
        body: SALE,
      });
    const phone = async () => {
      const answer = await shop.api.get(`/api/v1/simulator/phones/${encodeURIComponent(CUSTOMER)}`);
      const { texts }: { texts: { body: string }[] } = await answer.json();
      return texts.filter((text) => text.body === SALE).length;
    };

    // The policy is there from the start; the owner allows one a day.
    await page.goto(`${shop.url}/settings/workspace`);
    const day = page.getByLabel('Most in any 24 hours');
    await expect(day).toHaveValue('3');
    await day.fill('1');
    await page.getByRole('button', { name: 'Move earlier: A campaign' }).click();
    const policy = page.getByRole('form', { name: 'Marketing with manners' });
    await policy.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Saved')).toBeVisible();
    await page.reload();
    await expect(day).toHaveValue('1');
    const order = page.getByRole('list', { name: 'Who goes first' }).getByRole('listitem');
    await expect(order.nth(2)).toContainText('A campaign');

    await shop.ask('POST', 'consents', {
      address: CUSTOMER,
      permits: 'marketing',
      action: 'grant',
      proof: 'written',
      method: 'web_form',
      disclosure: { locale: 'en-US', text: 'I agree to get marketing texts from Juniper & Oak.' },
    });
    await shop.text(CUSTOMER, 'This is ridiculous, where is my lamp?');
    await sells();
    await page.goto(`${shop.url}/inbox`);
    // The text that is held is what was said last.
    await page.getByRole('option', { name: /555-0192/ }).click();
    await expect(page.getByText(/^Complaint since/)).toBeVisible();
    const sale = page.getByRole('article', { name: /lamps are back/ }).first();
    await expect(sale).toContainText('They are angry or complained.');
    await expect(sale).not.toContainText('Held until');

    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Complaint settled' }).click();
    await expect(page.getByText(/^Complaint since/)).toBeHidden();
    // They still wait for an answer.
    await expect(sale).toContainText('You are in a conversation with them.');
    expect(await phone()).toBe(0);
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await expect.poll(phone).toBe(1);

    await sells();
    await page.goto(`${shop.url}/compliance/gate`);
    const row = page.getByRole('listitem').filter({ hasText: 'lamps are back' });
    await expect(row).toContainText(
      'They had 1 marketing text within 24 hours, as many as your shop allows.',
    );
    await expect(row).toContainText(/Goes on tomorrow/i);
    server.clock(new Date(NOON.getTime() + 24 * 3_600_000 + 60_000));
    await expect.poll(phone).toBe(2);
    await shop.api.dispose();
  } finally {
    await server.stop();
  }
});
