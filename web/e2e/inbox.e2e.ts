import { expect, test } from './fixtures';
import { NARROW, overflows } from './overflow';

test('a draft survives a reload, and is gone once sent', async ({ signedIn: page, shop }) => {
  await shop.text('+12125550161', 'Do you ship to Alaska?');
  await page.goto(`${shop.url}/inbox`);
  await page.getByRole('option', { name: /ship to Alaska/ }).click();
  const field = page.getByRole('textbox', { name: /^Text \(/ });
  await field.fill('Yes, in about a week');
  await page.reload();
  await expect(field).toHaveValue('Yes, in about a week');
  await page.keyboard.press('3');
  await field.press('Control+Enter');
  await expect(page.getByRole('article', { name: /about a week/ })).toBeVisible();
  await expect(field).toHaveValue('');
  await page.reload();
  await expect(page.getByRole('article', { name: /about a week/ })).toBeVisible();
  await expect(field).toHaveValue('');
});

for (const heard of [false, true]) {
  test(`what was being sent when the page went away is sent once by the next, ${heard ? 'though it had arrived' : 'when it had not arrived'}`, async ({
    signedIn: page,
    shop,
  }) => {
    // Words and number that no earlier run on this server has used.
    const words = `Order ${Date.now()}`;
    const from = `+1212555${String(Date.now() % 10_000).padStart(4, '0')}`;
    await shop.text(from, `Is it here? ${words}`);
    await page.goto(`${shop.url}/inbox`);
    await page.getByRole('option', { name: new RegExp(words) }).click();
    const field = page.getByRole('textbox', { name: /^Text \(/ });
    await field.fill(`Answer: ${words}`);
    // No answer ever comes back to this page.
    const sending = new Promise<void>((sent) =>
      page.route('**/api/v1/conversations/*/messages', async (route) => {
        if (heard) await route.fetch();
        sent();
      }),
    );
    await field.press('Control+Enter');
    await expect(page.getByRole('article', { name: new RegExp(`Answer: ${words}`) })).toBeVisible();
    await sending;
    await page.unroute('**/api/v1/conversations/*/messages');
    await page.reload();
    await expect(page.getByRole('article', { name: new RegExp(`Answer: ${words}`) })).toBeVisible();
    await expect(field).toHaveValue('');
    const phone = encodeURIComponent(from);
    const got = async () => {
      const answer = await shop.api.get(`/api/v1/simulator/phones/${phone}`);
      const { texts }: { texts: { body: string }[] } = await answer.json();
      return texts.filter((text) => text.body.includes(`Answer: ${words}`)).length;
    };
    await expect.poll(got, { timeout: 20_000 }).toBe(1);
    await expect(page.getByText('Sending')).toHaveCount(0);
    expect(await got(), 'once').toBe(1);
  });
}

test('a text that came in while one wrote is read before sending', async ({
  signedIn: page,
  shop,
}) => {
  await shop.text('+12125550162', 'Is the lamp in stock?');
  await page.goto(`${shop.url}/inbox`);
  await page.getByRole('option', { name: /lamp in stock/ }).click();
  const field = page.getByRole('textbox', { name: /^Text \(/ });
  await field.fill('Yes it is');
  // The line is cut, so that the page cannot have seen what comes in.
  await page.route('**/api/v1/conversations/*/messages?*', (route) => route.abort());
  await shop.text('+12125550162', 'Never mind, I found one');
  await field.press('Control+Enter');
  const stop = page.getByRole('alert').filter({ hasText: 'There is a newer text' });
  await expect(stop.getByText('Never mind, I found one')).toBeVisible();
  await expect(field).toHaveValue('Yes it is');
  await page.unroute('**/api/v1/conversations/*/messages?*');
  await stop.getByRole('button', { name: 'Send anyway' }).click();
  await expect(field).toHaveValue('');
});

test('STOP blocks the composer with the reason, START frees it', async ({
  signedIn: page,
  shop,
}) => {
  await shop.text('+12125550163', 'hello');
  await page.goto(`${shop.url}/inbox`);
  await page.getByRole('option', { name: /hello/ }).click();
  await expect(page.getByRole('button', { name: 'Send', exact: true })).toBeVisible();
  await shop.text('+12125550163', 'STOP');
  await page.getByRole('textbox', { name: /^Text \(/ }).fill('are you there');
  await expect(page.getByText('This text can’t be sent')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Send', exact: true })).toBeDisabled();
  await shop.text('+12125550163', 'START');
  await expect(page.getByRole('button', { name: 'Send', exact: true })).toBeEnabled({
    timeout: 30_000,
  });
});

test('an inbox is renamed where it is listed: in the list of conversations and in settings', async ({
  signedIn: page,
  shop,
}) => {
  const rename = async (from: string, to: string) => {
    const dialog = page.getByRole('dialog', { name: `Name of ${from}` });
    await dialog.getByLabel('Name').fill(to);
    await page.keyboard.press('Enter');
    await expect(dialog).toBeHidden();
  };
  const old = shop.inbox.name;
  await shop.text('+12125550166', 'Which desk is this?');
  await page.goto(`${shop.url}/inbox`);
  await page.getByRole('option', { name: /Which desk/ }).click();
  const thread = page.getByRole('region', { name: 'Thread' });
  await expect(thread.getByText(old)).toBeVisible();
  await page.getByRole('button', { name: 'Sort and filter' }).click();
  await page.getByRole('menuitem', { name: `Rename ${old}` }).click();
  await rename(old, 'Front desk');
  await expect(thread.getByText('Front desk')).toBeVisible();

  await page.goto(`${shop.url}/settings/inboxes`);
  await page.getByRole('button', { name: 'Rename Front desk' }).click();
  await rename('Front desk', old);
  await expect(page.getByRole('listitem').filter({ hasText: old })).toBeVisible();
});

test('the widest panes leave the thread the room it needs', async ({ signedIn: page, shop }) => {
  await shop.text('+12125550167', 'Do you gift-wrap?');
  await page.addInitScript(() => {
    localStorage.setItem('hark.list-width', '480');
    localStorage.setItem('hark.panel-width', '420');
  });
  const width = async (role: 'region' | 'complementary', name: string) =>
    (await page.getByRole(role, { name, exact: true }).boundingBox())?.width ?? 0;
  for (const [window, list, panel] of [
    [1280, 0, 0],
    [1600, 480, 420],
  ] as const) {
    await page.setViewportSize({ width: window, height: 800 });
    await page.goto(`${shop.url}/inbox`);
    await page.getByRole('option', { name: /gift-wrap/ }).click();
    await page.getByRole('complementary', { name: 'Customer' }).waitFor();
    expect(await width('region', 'Thread')).toBeGreaterThanOrEqual(480);
    if (list > 0) expect(await width('region', 'Conversations')).toBe(list);
    if (panel > 0) expect(await width('complementary', 'Customer')).toBe(panel);
  }
});

test('two browsers see the same text without a reload', async ({
  signedIn: page,
  shop,
  browser,
}) => {
  await shop.text('+12125550164', 'first');
  const context = await browser.newContext({ storageState: await shop.api.storageState() });
  const other = await context.newPage();
  await page.goto(`${shop.url}/inbox`);
  await other.goto(`${shop.url}/inbox`);
  for (const one of [page, other]) await one.getByRole('option', { name: /first/ }).click();
  await page.keyboard.press('n');
  await page.keyboard.type('Regular, be kind');
  await page.keyboard.press('Control+Enter');
  await expect(other.getByRole('article', { name: /Regular, be kind/ })).toBeVisible();
  await context.close();
});

test('320 px wide, a thread needs no sideways scroll', async ({ signedIn: page, shop }) => {
  await shop.text(
    '+12125550165',
    `A rather long question about whether the linen shirt would fit ${'a'.repeat(80)}`,
  );
  await page.setViewportSize(NARROW);
  await page.goto(`${shop.url}/inbox`);
  await page.getByRole('option', { name: /linen shirt/ }).click();
  await page.getByRole('article', { name: /linen shirt/ }).waitFor();
  await page.getByRole('textbox', { name: /^Text \(/ }).fill('https://shop.example/'.repeat(8));
  expect(await overflows(page), 'a thread').toEqual([]);
  const send = page.getByRole('button', { name: 'Send', exact: true });
  const box = await send.boundingBox();
  expect((box?.x ?? 999) + (box?.width ?? 0)).toBeLessThanOrEqual(320);
});
