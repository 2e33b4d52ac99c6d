import { expect, type Shop, setUp, test } from './fixtures';
import { NARROW, overflows } from './overflow';
import { startServer } from './server';
import { violations } from './violations';

const CSV = {
  name: 'optouts.csv',
  mimeType: 'text/csv',
  buffer: Buffer.from('phone\n+12125550123\n'),
};

/** An account of a real provider, which reaches nobody. */
const login = (shop: Shop) =>
  shop.ask<{ id: string }>('POST', 'accounts', {
    provider: 'twilio',
    name: 'Provider',
    settings: { account_sid: `AC${'a'.repeat(32)}`, auth_token: 'a-token-of-the-journeys' },
  });

test('going live asks who opted out before: bring them, or say that there are none', async ({
  page,
}) => {
  const server = await startServer(['--provider-reach', 'anywhere']);
  try {
    const shop = await setUp(server);
    const account = await login(shop);
    for (const [name, address] of [
      ['Front desk', '+15017122661'],
      ['Back office', '+15017122662'],
    ])
      await shop.ask('POST', 'inboxes', { account_id: account.id, name, address });
    await shop.signIn(page);
    const live = async () =>
      (await shop.ask<{ items: { live: boolean }[] }>('GET', 'inboxes')).items.filter(
        (inbox) => inbox.live,
      ).length;
    const row = (name: string) => page.getByRole('listitem').filter({ hasText: name });
    const dialog = page.getByRole('dialog', { name: 'Let Front desk text anyone?' });
    const none = dialog.getByRole('checkbox', { name: 'We have none to bring' });

    await page.setViewportSize(NARROW);
    await page.goto(`${server.url}/settings/inboxes`);
    await row('Front desk').getByRole('button', { name: 'Go live' }).click();
    await expect(none).not.toBeChecked();
    expect(await overflows(page), 'the dialog').toEqual([]);
    expect(await violations(page)).toEqual([]);
    // Nothing chosen, nothing live.
    await dialog.getByRole('button', { name: 'Go live' }).click();
    await expect(dialog).toBeVisible();
    expect(await live()).toBe(0);

    // The one way: bring them.
    await dialog.getByRole('button', { name: 'Bring opt-outs' }).click();
    await expect(page).toHaveURL(/\/compliance\/imports$/);
    await expect(page.getByLabel(/^File/)).toBeVisible();

    // The other: there are none. It is kept with who said so.
    await page.goto(`${server.url}/settings/inboxes`);
    await row('Front desk').getByRole('button', { name: 'Go live' }).click();
    await none.check();
    await dialog.getByRole('button', { name: 'Go live' }).click();
    await expect(dialog).toBeHidden();
    await expect(row('Front desk').getByText('Live', { exact: true })).toBeVisible();
    expect(await live()).toBe(1);
    const said = await shop.ask<{ items: { actor_name: string }[] }>(
      'GET',
      'audit?action=opt_outs.none',
    );
    expect(said.items.map((entry) => entry.actor_name)).toEqual(['Maya Ortiz']);

    // Who has said it is not asked again.
    await row('Back office').getByRole('button', { name: 'Go live' }).click();
    const second = page.getByRole('dialog', { name: 'Let Back office text anyone?' });
    await expect(second.getByRole('button', { name: 'Go live' })).toBeVisible();
    await expect(second.getByRole('checkbox')).toHaveCount(0);
    await second.getByRole('button', { name: 'Go live' }).click();
    await expect(row('Back office').getByText('Live', { exact: true })).toBeVisible();
    await shop.api.dispose();
  } finally {
    await server.stop();
  }
});

test('an inbox goes live without a question once opt-outs were brought', async ({ page }) => {
  const server = await startServer(['--provider-reach', 'anywhere']);
  try {
    const shop = await setUp(server);
    const account = await login(shop);
    await shop.ask('POST', 'inboxes', {
      account_id: account.id,
      name: 'Front desk',
      address: '+15017122661',
    });
    await shop.signIn(page);
    await page.goto(`${server.url}/settings/inboxes`);
    await page.getByRole('button', { name: 'Go live' }).click();
    const dialog = page.getByRole('dialog', { name: 'Let Front desk text anyone?' });
    await dialog.getByRole('button', { name: 'Bring opt-outs' }).click();
    await page.getByLabel(/^File/).setInputFiles(CSV);
    await page.locator('form').getByRole('button', { name: 'Bring along' }).click();
    await expect
      .poll(async () => {
        const { steps } = await shop.ask<{ steps: { key: string; done: boolean }[] }>(
          'GET',
          'onboarding',
        );
        return steps.some((step) => step.key === 'opt_outs' && step.done);
      })
      .toBe(true);
    await page.goto(`${server.url}/settings/inboxes`);
    await page.getByRole('button', { name: 'Go live' }).click();
    await expect(dialog.getByRole('button', { name: 'Go live' })).toBeVisible();
    await expect(dialog.getByRole('checkbox')).toHaveCount(0);
    await dialog.getByRole('button', { name: 'Go live' }).click();
    await expect(page.getByText('Live', { exact: true })).toBeVisible();
    await shop.api.dispose();
  } finally {
    await server.stop();
  }
});
