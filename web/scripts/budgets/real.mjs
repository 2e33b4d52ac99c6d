import { Meter, median, percentile } from './meter.mjs';
import { privateBytes, processMs } from './server.mjs';

/** A phone of some years and "slow 4G": 4 times slower, 1.6 Mbit/s, 150 ms there and back. */
const SLOW = { cpu: 4, bytesPerMs: 1_600_000 / 8 / 1000, roundTripMs: 150 };
const VISITS = 1;
const PAGES = 100;
const IDLE_MS = 4000;
/** Parts fetched when idle come after this; what they cost is not what one waits for. */
const SETTLE_MS = 3000;

const list = (page) => page.getByRole('listbox', { name: 'Conversations' });
/** What one visit fetched until the inbox could be read: requests that left the machine, and bytes. */
function watchNetwork(session) {
  const seen = { requests: 0, bytes: 0, scripts: 0 };
  const cached = new Set();
  session.on('Network.requestServedFromCache', ({ requestId }) => cached.add(requestId));
  session.on('Network.responseReceived', ({ requestId, response }) => {
    const here = cached.has(requestId) || response.fromDiskCache || response.fromPrefetchCache;
    if (here || response.status === 0 || !response.url.startsWith('http')) return;
    seen.requests += 1;
    if (new URL(response.url).pathname.startsWith('/assets/')) seen.scripts += 1;
  });
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    seen.bytes += encodedDataLength;
  });
  return seen;
}

/** One visit to the inbox as on a slow phone, with what the browser kept of earlier ones. */
async function visit(context, base, stay) {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: SLOW.roundTripMs,
    downloadThroughput: SLOW.bytesPerMs * 1000,
    uploadThroughput: SLOW.bytesPerMs * 1000,
  });
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOW.cpu });
  const seen = watchNetwork(session);
  const began = performance.now();
  await page.goto(`${base}/inbox`, { waitUntil: 'commit' });
  await list(page).getByRole('option').first().waitFor();
  const wall = performance.now() - began;
  const fetched = { ...seen };
  if (stay) {
    // What is fetched ahead is in the cache at the next visit, as it is for a person.
    await session.send('Emulation.setCPUThrottlingRate', { rate: 1 });
    await session.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: -1,
    });
    await page.waitForTimeout(SETTLE_MS);
  }
  await page.close();
  return { wall, ...fetched };
}

export async function measureVisits(browser, shop) {
  const [name, value] = shop.cookie.split('=');
  const first = [];
  const repeat = [];
  for (let at = 0; at < VISITS; at += 1) {
    const context = await browser.newContext({
      viewport: { width: 390, height: 844 },
      locale: 'en-US',
    });
    await context.addCookies([{ name, value, url: shop.url }]);
    first.push(await visit(context, shop.url, true));
    repeat.push(await visit(context, shop.url, false));
    await context.close();
  }
  const of = (visits, key) => median(visits.map((visit) => visit[key]));
  return {
    firstBytes: of(first, 'bytes') / 1000,
    firstRequests: of(first, 'requests'),
    firstWall: of(first, 'wall'),
    repeatBytes: of(repeat, 'bytes') / 1000,
    repeatAssets: of(repeat, 'scripts'),
    repeatRequests: of(repeat, 'requests'),
    repeatWall: of(repeat, 'wall'),
  };
}

/** Pages of 50 conversations, and of a thread, one after the other as a browser asks. */
export async function measurePages(shop) {
  const { items } = await shop.ask('conversations?limit=50');
  const threads = items.slice(0, 10).map(({ id }) => `conversations/${id}/messages?limit=50`);
  const asks = [
    ['page', () => 'conversations?limit=50'],
    ['thread', (at) => threads[at % threads.length]],
  ];
  const values = {};
  for (const [key, path] of asks) {
    for (let at = 0; at < 10; at += 1) await shop.ask(path(at));
    const walls = [];
    const before = processMs(shop.pid);
    for (let at = 0; at < PAGES; at += 1) {
      const began = performance.now();
      await shop.ask(path(at));
      walls.push(performance.now() - began);
    }
    values[`${key}Cpu`] = (processMs(shop.pid) - before) / PAGES;
    values[`${key}P95`] = percentile(walls, 0.95);
  }
  return values;
}

/** An inbox that is open while nothing happens: what it costs in the page and in the server. */
export async function measureIdle(browser, shop) {
  const [name, value] = shop.cookie.split('=');
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'en-US',
  });
  await context.addCookies([{ name, value, url: shop.url }]);
  const page = await context.newPage();
  const meter = await Meter.open(page);
  const began = performance.now();
  await page.goto(`${shop.url}/inbox`, { waitUntil: 'commit' });
  await list(page).getByRole('option').first().waitFor();
  const readable = performance.now() - began;
  await meter.rest(SETTLE_MS);
  const server = processMs(shop.pid);
  const cost = await meter.cost(() => meter.rest(IDLE_MS));
  const perSecond = (ms) => (ms / IDLE_MS) * 1000;
  const values = {
    readable,
    idle: perSecond(cost),
    idleServer: perSecond(processMs(shop.pid) - server),
  };
  await context.close();
  return values;
}

/** Memory of the largest renderer, in MB; the page under test is the only large one. */
export async function rendererPrivate(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const sizes = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => privateBytes(id));
  return Math.max(...sizes) / 1e6;
}
