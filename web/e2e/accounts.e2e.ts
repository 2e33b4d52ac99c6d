import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, setUp, test } from './fixtures';
import { NARROW, overflows } from './overflow';
import { startServer } from './server';

const NUMBER = '+15017122661';
const PROFILE = '4000eba1-a0c0-4563-9925-b25e842a7cb6';
const AUTH_ID = 'MAXXXXXXXXXXXXXXXXXX';

/** What a company says of our login and our number, whose texts it posts nowhere. */
const ANSWERS: Record<string, unknown> = {
  [`/v2/messaging_profiles/${PROFILE}`]: { data: { name: 'The shop', enabled: true } },
  '/v2/phone_numbers': { data: [{ id: '1', phone_number: NUMBER }] },
  '/v2/phone_numbers/1/messaging': {
    data: { messaging_profile_id: PROFILE, features: { sms: {}, mms: {} } },
  },
  [`/v1/Account/${AUTH_ID}/`]: { auth_id: AUTH_ID, name: 'The shop', account_type: 'standard' },
  [`/v1/Account/${AUTH_ID}/Number/${NUMBER.slice(1)}/`]: { sms_enabled: true, mms_enabled: true },
};

/** The companies, on this machine. */
async function companies() {
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const answer = ANSWERS[(request.url ?? '').split('?')[0] ?? ''];
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? {}));
  });
  await new Promise<void>((listens) => server.listen(0, '127.0.0.1', listens));
  const stop = () => new Promise((closed) => server.close(closed).closeAllConnections());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

const LOGINS = [
  {
    provider: 'Telnyx',
    size: { width: 1440, height: 900 },
    fields: {
      'API key': 'KEY0',
      'Public key': 'A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=',
      'Messaging profile ID': PROFILE,
    },
  },
  {
    provider: 'Plivo',
    size: NARROW,
    fields: { 'Auth ID': AUTH_ID, 'Auth token': 'a-token-of-the-journeys' },
  },
];

test('a login and its number are added by hand, and tried', async ({ page }) => {
  const server = await startServer(['--provider-reach', 'anywhere']);
  const company = await companies();
  try {
    const shop = await setUp(server);
    await shop.signIn(page);
    await page.goto(`${server.url}/welcome`);
    for (const { provider } of LOGINS) await expect(page.getByText(provider)).toBeVisible();

    for (const { provider, size, fields } of LOGINS) {
      await page.setViewportSize(size);
      await page.goto(`${server.url}/settings/accounts`);
      await page.getByRole('button', { name: 'Add an account' }).click();
      const form = page.getByRole('dialog', { name: 'Add a provider account' });
      // Which of several companies it is, nobody but the person knows.
      await expect(form.getByLabel('Provider')).toHaveValue('');
      await form.getByLabel('Provider').selectOption(provider);
      for (const [label, value] of Object.entries(fields))
        await form.getByLabel(label, { exact: true }).fill(value);
      await form.getByText('Advanced', { exact: true }).click();
      const base = form.getByLabel('API base URL (optional)');
      await base.fill('not an address');
      await form.getByRole('button', { name: 'Add account' }).click();
      await expect(base).toHaveAttribute('aria-invalid', 'true');
      expect(await overflows(page), `${provider}: the form`).toEqual([]);
      await base.fill(company.url);
      await form.getByRole('button', { name: 'Add account' }).click();

      const made = page.getByRole('dialog', { name: `${provider} is added` });
      await expect(made.getByLabel('Address for incoming texts')).toHaveValue(
        new RegExp(`/hooks/${provider.toLowerCase()}/acc_[^/]+/inbound$`),
      );
      expect(await overflows(page), `${provider}: the address`).toEqual([]);
      await made.getByRole('button', { name: 'Done' }).click();

      await page.goto(`${server.url}/settings/inboxes`);
      await page.getByRole('button', { name: 'Add a number' }).click();
      const number = page.getByRole('dialog', { name: 'Add a number' });
      await number.getByLabel('Name').fill(`${provider} number`);
      await number.getByLabel('Account').selectOption(provider);
      await number.getByLabel('Number', { exact: true }).fill(NUMBER);
      await number.getByRole('button', { name: 'Add number' }).click();
      await expect(number).toHaveCount(0);
      await expect(page.getByText(`${provider} number`)).toBeVisible();

      await page.goto(`${server.url}/settings/accounts`);
      const row = page.getByRole('listitem').filter({ hasText: provider });
      await row.getByRole('button', { name: 'Test' }).click();
      const seen = page.getByRole('dialog', { name: `How ${provider} is set up` });
      await expect(seen.getByText(/knows the account as The shop/)).toBeVisible();
      await expect(seen.getByText(`Texts to ${NUMBER} are posted nowhere`)).toBeVisible();
      await expect(seen.getByText(/the host is not a public one/)).toBeVisible();
      expect(await overflows(page), `${provider}: what was tried`).toEqual([]);
      await seen.getByRole('button', { name: 'Close this dialog' }).click();
    }
    // What is kept of a login is not shown again.
    await page.getByRole('button', { name: 'Edit' }).last().click();
    const secret = page.getByRole('dialog').locator('input[type=password]').first();
    await expect(secret).toHaveValue('');
  } finally {
    await company.stop();
    await server.stop();
  }
});
