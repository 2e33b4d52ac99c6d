import { expect, test } from './fixtures';
import { NARROW, overflows } from './overflow';

test('what the server lacks takes one line of a phone, until it is tapped', async ({
  signedIn: page,
  shop,
}) => {
  const watch = (code: string, detail: string) => ({ code, detail, severity: 'warning', since: 1 });
  const https =
    'Providers reach this server only over https, so texts may not come in. Start Hark with ' +
    '--public-url https://… and a certificate or proxy for that name.';
  const silent = 'No text has come to Support for three hours, which is not usual at this time.';
  await page.route('**/api/v1/watches', (route) =>
    route.fulfill({
      json: { items: [watch('public_url', https), watch('inbound_silent', silent)] },
    }),
  );
  await page.setViewportSize(NARROW);
  await page.goto(`${shop.url}/inbox`);
  const banner = page.getByRole('button', { name: /^Providers reach this server/ });
  await expect(banner).toHaveAttribute('aria-expanded', 'false');
  const tall = async () => (await banner.boundingBox())?.height ?? 0;
  expect(await tall()).toBeLessThanOrEqual(46);
  await expect(page.getByText(silent)).toBeHidden();

  await banner.click();
  await expect(banner).toHaveAttribute('aria-expanded', 'true');
  await expect(page.getByText(silent)).toBeVisible();
  const flag = page.getByText('--public-url', { exact: true });
  expect(await flag.evaluate((of) => of.getClientRects().length)).toBe(1);
  expect(await overflows(page)).toEqual([]);

  // Who cannot mend it is told only the rest.
  await page.route('**/api/v1/me', async (route) => {
    const answer = await route.fetch();
    const me: { permissions: string[] } = await answer.json();
    const permissions = me.permissions.filter((one) => one !== 'server_operate');
    await route.fulfill({ response: answer, json: { ...me, permissions } });
  });
  await page.reload();
  await page.getByRole('button', { name: silent }).waitFor();
  await expect(banner).toHaveCount(0);
});
