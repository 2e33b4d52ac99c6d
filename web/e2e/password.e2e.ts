import { expect, OWNER, setUp, test } from './fixtures';
import { startServer } from './server';

test('a member who finds a sign-in they do not know changes the password, and is alone', async ({
  page,
}) => {
  const server = await startServer();
  try {
    // The session the shop was set up in stands for the one nobody knows.
    const shop = await setUp(server);
    const NEW = 'another desk by the door';
    await page.goto(`${shop.url}/settings/sessions`);
    await page.getByLabel('Email').fill(OWNER.email);
    await page.getByLabel('Password').fill(OWNER.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
    await page.goto(`${shop.url}/settings/sessions`);
    await expect(page.getByRole('button', { name: 'Sign out there' })).toHaveCount(1);

    await page.getByRole('button', { name: 'Change password' }).click();
    const dialog = page.getByRole('dialog', { name: 'Change password' });
    await dialog.getByLabel('Current password').fill('not the one at all');
    await dialog.getByLabel('New password').fill(NEW);
    await dialog.getByRole('button', { name: 'Change password' }).click();
    await expect(dialog.getByText('This is not your password.')).toBeVisible();
    expect((await shop.api.get('/api/v1/me')).status(), 'nothing has changed').toBe(200);

    await dialog.getByLabel('Current password').fill(OWNER.password);
    await dialog.getByRole('button', { name: 'Change password' }).click();
    await expect(dialog).toHaveCount(0);
    await expect(page.getByText(/^Password changed/)).toBeVisible();
    await expect(page.getByRole('button', { name: 'Sign out there' })).toHaveCount(0);
    expect((await shop.api.get('/api/v1/me')).status()).toBe(401);
    const signIn = (password: string) =>
      shop.api.post('/api/v1/session', { data: { email: OWNER.email, password } });
    expect((await signIn(OWNER.password)).status()).toBe(401);
    expect((await signIn(NEW)).status()).toBe(201);
    await shop.api.dispose();
  } finally {
    await server.stop();
  }
});
