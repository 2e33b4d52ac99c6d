import { expect, test } from './fixtures';

const ONE = '+12125550161';
const TWO = '+12125550162';
const SHOWN = '(212) 555-0162';

test('two customers become one, a STOP counts for both, and still does when they are parted', async ({
  signedIn: page,
  shop,
}) => {
  const agree = (address: string) =>
    shop.ask('POST', 'consents', {
      address,
      permits: 'marketing',
      action: 'grant',
      proof: 'written',
      method: 'web_form',
      disclosure: { locale: 'en-US', text: 'I agree to get marketing texts from Juniper & Oak.' },
    });
  const sold = async (to: string) => {
    const body = 'Juniper & Oak: 20% off boards. Reply STOP to opt out.';
    const sent = { to, inbox_id: shop.inbox.id, purpose: 'marketing', body };
    const { message } = await shop.ask<{
      message: { state: string; reason: { code: string } | null };
    }>('POST', 'messages', sent);
    return message.state === 'refused' ? message.reason?.code : 'allowed';
  };
  await shop.text(ONE, 'do you oil the walnut boards?');
  await shop.text(TWO, 'the same from my other phone');
  await page.goto(`${shop.url}/inbox?view=all`);
  await page.getByRole('option', { name: /the same from my other phone/ }).waitFor();
  // Opened while the row still shows these words: what is sold next takes their place in it.
  await page.getByRole('option', { name: /do you oil the walnut boards/ }).click();
  await agree(ONE);
  await agree(TWO);
  expect([await sold(ONE), await sold(TWO)]).toEqual(['allowed', 'allowed']);

  // By the keyboard alone.
  const panel = page.getByRole('complementary', { name: 'Customer' });
  await panel.getByRole('button', { name: 'More about the customer' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Merge with another customer…' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Merge with another customer' });
  await dialog.getByLabel('Find the other customer by name or number').fill(SHOWN);
  await dialog.getByRole('button', { name: `Choose ${SHOWN}` }).focus();
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('region', { name: 'Becomes part of them' })).toContainText(SHOWN);
  await expect(dialog.getByText(/Opt-outs count for both/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Merge', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(panel.getByText(`Merged with ${SHOWN}`)).toBeVisible();
  await expect(panel.getByText(SHOWN, { exact: true })).toBeVisible();

  await shop.text(TWO, 'STOP');
  await expect(panel.getByText('Opted out', { exact: true })).toBeVisible();
  expect([await sold(ONE), await sold(TWO)]).toEqual(['opted_out_elsewhere', 'opted_out']);

  await panel.getByRole('button', { name: `Undo the merge with ${SHOWN}` }).click();
  const question = page.getByRole('dialog', { name: `Part from ${SHOWN}?` });
  await question.getByRole('button', { name: 'Undo the merge' }).click();
  await expect(question).toBeHidden();
  await expect(panel.getByText(/marketing stays refused to 1 more number/)).toBeVisible();
  await expect(panel.getByText(SHOWN, { exact: true })).toHaveCount(0);
  expect([await sold(ONE), await sold(TWO)]).toEqual(['opted_out_topic', 'opted_out']);
});
