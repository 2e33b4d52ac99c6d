import { expect, setUp, test } from './fixtures';
import { startServer } from './server';

const CUSTOMER = '+12125550191';
/** A Tuesday; half past two at night in New York, and eight in the morning. */
const NIGHT = new Date('2028-03-14T06:30:00Z');
const MORNING = new Date('2028-03-14T12:00:00Z');

test('a marketing text of the night is held, and leaves at eight by its customer’s clock', async ({
  page,
}) => {
  const server = await startServer(['--rehearse-at', NIGHT.toISOString()]);
  try {
    const shop = await setUp(server);
    await page.clock.setFixedTime(NIGHT);
    await shop.signIn(page);
    await shop.ask('POST', 'consents', {
      address: CUSTOMER,
      permits: 'marketing',
      action: 'grant',
      proof: 'written',
      method: 'web_form',
      disclosure: { locale: 'en-US', text: 'I agree to get marketing texts from Juniper & Oak.' },
    });
    await shop.ask('POST', 'messages', {
      to: CUSTOMER,
      inbox_id: shop.inbox.id,
      purpose: 'marketing',
      body: 'Juniper & Oak: lamps are back. Reply STOP to cancel.',
    });
    await page.goto(`${shop.url}/compliance/gate`);
    const row = page.getByRole('listitem').filter({ hasText: 'lamps are back' });
    await expect(row).toContainText(/Goes on 8:00\sAM/);
    await expect(row).toContainText('in 5 h');
    await expect(row).toContainText(
      /It is 2:30\sAM in New York, and texts may go from 8:00\sAM to/,
    );

    const phone = async () => {
      const answer = await shop.api.get(`/api/v1/simulator/phones/${encodeURIComponent(CUSTOMER)}`);
      const { texts }: { texts: { body: string }[] } = await answer.json();
      return texts.map((text) => text.body);
    };
    server.clock(new Date(MORNING.getTime() - 60_000));
    await row.getByRole('button', { name: /^Open thread/ }).click();
    const text = page.getByRole('article', { name: /lamps are back/ });
    await expect(text).toContainText(/Held until 8:00\sAM/);
    // By the customer's clock, and its place said; the law is there for whoever asks.
    await expect(text).toContainText(/Held until 8:00\sAM New York time/);
    await expect(text).toContainText('Quiet hours where they are.');
    const law = text.getByText(/CFR|Stat\.|Law|Bus\./);
    await expect(law).toBeHidden();
    await text.getByText('Why', { exact: true }).click();
    await expect(law).toBeVisible();
    expect(await phone(), 'a minute too early').toEqual([]);

    server.clock(MORNING);
    await expect(text).toContainText('Delivered');
    expect(await phone()).toEqual(['Juniper & Oak: lamps are back. Reply STOP to cancel.']);
    await shop.api.dispose();
  } finally {
    await server.stop();
  }
});
