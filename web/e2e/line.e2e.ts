import { expect, setUp, test } from './fixtures';
import { startServer } from './server';

test('all tabs of a browser share one stream, and each hears it', async ({
  signedIn: page,
  shop,
}) => {
  const streams: string[] = [];
  const context = page.context();
  context.on('request', (request) => {
    if (request.url().includes('/api/v1/live')) streams.push(request.url());
  });
  await shop.text('+12125550181', 'Tabs, first');
  const tabs = [page, await context.newPage(), await context.newPage()];
  for (const tab of tabs) {
    await tab.goto(`${shop.url}/inbox`);
    await tab.getByRole('option', { name: /Tabs, first/ }).waitFor();
  }
  await shop.text('+12125550181', 'Tabs, second');
  for (const tab of tabs) await tab.getByRole('option', { name: /Tabs, second/ }).waitFor();
  // A stream that a tab opened itself would be seen here; the worker's is not of any page.
  expect(streams).toEqual([]);

  // The rest go on hearing when the first is closed.
  await tabs[2]?.close();
  await shop.text('+12125550181', 'Tabs, third');
  for (const tab of tabs.slice(0, 2)) {
    await tab.getByRole('option', { name: /Tabs, third/ }).waitFor();
  }
  await tabs[1]?.close();
});

test('without shared workers the tabs choose one to hold the line', async ({
  signedIn: page,
  shop,
}) => {
  const context = page.context();
  await context.addInitScript(() => Reflect.deleteProperty(window, 'SharedWorker'));
  let streams = 0;
  context.on('request', (request) => {
    if (request.url().includes('/api/v1/live')) streams += 1;
  });
  await shop.text('+12125550182', 'Lock, first');
  const other = await context.newPage();
  for (const tab of [page, other]) {
    await tab.goto(`${shop.url}/inbox`);
    await tab.getByRole('option', { name: /Lock, first/ }).waitFor();
  }
  await shop.text('+12125550182', 'Lock, second');
  for (const tab of [page, other])
    await tab.getByRole('option', { name: /Lock, second/ }).waitFor();
  expect(streams).toBe(1);

  // The one that held it is gone; the other takes over.
  await page.close();
  await expect.poll(() => streams).toBe(2);
  await shop.text('+12125550182', 'Lock, third');
  await other.getByRole('option', { name: /Lock, third/ }).waitFor();
});

test('a lost line is said after five seconds, and what was missed comes by itself', async ({
  page,
}) => {
  const server = await startServer();
  const shop = await setUp(server);
  try {
    await shop.text('+12125550183', 'Before the cut');
    await shop.signIn(page);
    await page.goto(`${server.url}/inbox`);
    await page.getByRole('option', { name: /Before the cut/ }).click();
    await page.getByRole('article', { name: /Before the cut/ }).waitFor();

    const cut = Date.now();
    await server.kill();
    const banner = page.getByText('No connection to the server');
    await expect(banner).toBeVisible({ timeout: 15_000 });
    expect(Date.now() - cut, 'a blink worries nobody').toBeGreaterThan(4000);

    await server.restart();
    await shop.text('+12125550183', 'After the cut');
    await expect(page.getByRole('article', { name: /After the cut/ })).toBeVisible({
      timeout: 30_000,
    });
    await expect(banner).toBeHidden();
  } finally {
    await shop.api.dispose();
    await server.stop();
  }
});
