// Fails when the app costs more of a machine than promised: node scripts/budgets.mjs [--runs N] [--json]
//
// Real Chromium, the built app, the typed mock with 10,000 conversations (all of them loaded) and a
// thread of 2,000 messages; then the real server with the demo shop in it. What gates is what the work
// cost, not how long it took, so that other work on the machine does not fail it: main-thread time in
// ticks (`timeDomain: threadTicks`), the server's processor time, bytes, requests and memory. A fixed
// piece of work measured before each run says how fast this machine is just then, and main-thread
// figures are scaled by it. What is over its limit is measured again, up to as often as before, and the
// median of the least three counts: other work on the machine only ever adds. Wall time is kept as a
// record beside its promise and fails nothing.
import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { preview } from 'vite';
import { calibrate, REFERENCE_MS } from './budgets/calibrate.mjs';
import { measureCost, measureLeak, measureLoad } from './budgets/measure.mjs';
import { Meter, median, percentile, presses, watchPresses } from './budgets/meter.mjs';
import { measureIdle, measurePages, measureVisits, rendererPrivate } from './budgets/real.mjs';
import { startShop } from './budgets/server.mjs';

const CONVERSATIONS = 10_000;
/** Key, what it is, unit, limit on the reference machine, whether it goes with the machine's speed. */
const BUDGETS = [
  ['load', 'load to a readable inbox', 'ms', 350, true],
  ['step', 'J: next conversation and its thread', 'ms', 35, true],
  ['character', 'a character in the composer', 'ms', 9, true],
  ['palette', 'palette opened', 'ms', 110, true],
  ['paletteKey', 'a key in the palette', 'ms', 28, true],
  ['send', 'send to bubble', 'ms', 36, true],
  ['update', 'a live update that moves a row', 'ms', 14, true],
  ['nodes', 'elements in the document', '', 1500, false],
  ['heap', 'heap, 10,000 conversations and 5 threads', 'MB', 60, false],
  ['leak', 'heap gained by 30 minutes of updates, in short', 'MB', 10, false],
  ['memory', 'private memory of the renderer, the same', 'MB', 180, false],
];
/** Of how many of the least figures the median counts. */
const LEAST = 3;
const DEMO = 400;
/**
 * The same for the real server. At 1.6 Mbit/s and 150 ms there and back, 3.5 s leave 300 kB after four
 * round trips and the limit of the load on a four times slower phone; 1.2 s leave a returning visitor
 * nothing that the browser could have kept.
 */
const REAL = [
  ['firstBytes', 'slow 4G, first visit: fetched before the inbox is readable', 'kB', 300, false],
  ['repeatBytes', 'slow 4G, repeat visit: the same', 'kB', 30, false],
  ['repeatAssets', 'slow 4G, repeat visit: files fetched again that never change', '', 0, false],
  ['pageCpu', 'a page of 50 conversations, in the server', 'ms', 50, false],
  ['threadCpu', 'a page of a thread, in the server', 'ms', 50, false],
  ['idle', 'an open inbox where nothing happens, in the page, each second', 'ms', 10, true],
];
/** Wall time and what hangs on it: key, what it is, what is promised on a quiet machine. */
const RECORDS = [
  ['readable', 'readable inbox', 1000],
  ['firstWall', '4x slower, slow 4G: readable inbox, first visit', 3500],
  ['repeatWall', '4x slower, slow 4G: readable inbox, repeat visit', 1200],
  ['pageP95', 'a page of 50 conversations, p95', 50],
  ['threadP95', 'a page of a thread, p95', 50],
  ['pressP75', 'a press of a key to the next paint, p75', 100],
  ['pressP98', 'the same, p98', 200],
  ['idleServer', 'an open inbox where nothing happens, in the server, each second', null],
];
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const flag = (name) => process.argv.indexOf(name);
const runs = flag('--runs') < 0 ? 3 : Number(process.argv[flag('--runs') + 1]);
const root = new URL('..', import.meta.url).pathname;
if (!existsSync(`${root}dist/index.html`)) {
  console.error('There is no build: npm run build first.');
  process.exit(1);
}

process.env.HARK_MOCK_CONVERSATIONS = String(CONVERSATIONS);
const browser = await chromium.launch({
  executablePath: process.env.HARK_E2E_CHROMIUM ?? '/usr/bin/chromium',
  args: ARGS,
});

/** One run in a browser profile of its own, on a shop that no run before it has changed. */
async function run(withHeap) {
  const speed = await calibrate(browser);
  const server = await preview({
    root,
    mode: 'mock',
    logLevel: 'error',
    preview: { host: '127.0.0.1', port: 0 },
  });
  const base = server.resolvedUrls.local[0].replace(/\/$/, '');
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'en-US',
  });
  const page = await context.newPage();
  const thrown = [];
  page.on('pageerror', (error) => thrown.push(error.message));
  await watchPresses(page);
  const meter = await Meter.open(page);
  const load = await measureLoad(meter, base);
  const cost = await measureCost(meter, base);
  const heap = withHeap ? await measureLeak(meter, base) : {};
  if (withHeap) heap.memory = await rendererPrivate(browser);
  const pressed = await presses(page);
  await context.close();
  await server.close();
  if (thrown.length > 0) throw new Error(`the page threw: ${thrown.join('; ')}`);
  return { speed, values: { load, ...cost, ...heap }, pressed };
}

/** The real server, once: its figures are counts, which hold still. */
async function runReal() {
  const shop = await startShop(DEMO);
  if (!shop) return null;
  try {
    const speed = await calibrate(browser);
    const pages = await measurePages(shop);
    const visits = await measureVisits(browser, shop);
    const idle = await measureIdle(browser, shop);
    return { speed, values: { ...pages, ...visits, ...idle } };
  } finally {
    await shop.stop();
  }
}

/** How slow this machine is just now, beside the reference; held within reason. */
const factor = (speed) => Math.min(5, Math.max(0.7, speed / REFERENCE_MS));

let failed = 0;
try {
  const measured = (budgets, from) =>
    budgets.map(([key, what, unit, limit, scaled]) => {
      const all = from
        .filter(({ values }) => values[key] !== undefined)
        .map(({ values, speed }) => values[key] / (scaled ? factor(speed) : 1));
      const least = all.toSorted((a, b) => a - b).slice(0, LEAST);
      return { key, what, unit, value: median(least), limit, all };
    });
  const over = (rows) => rows.filter((row) => !(row.value <= row.limit));

  const results = [];
  for (let at = 0; at < runs; at += 1) results.push(await run(at === runs - 1));
  while (over(measured(BUDGETS, results)).length > 0 && results.length < 2 * runs) {
    results.push(await run(true));
  }
  const reals = [await runReal()].filter(Boolean);
  while (reals.length > 0 && reals.length < LEAST && over(measured(REAL, reals)).length > 0) {
    reals.push(await runReal());
  }
  const real = reals[0];
  const rows = [...measured(BUDGETS, results), ...(real ? measured(REAL, reals) : [])];
  const pressed = results.flatMap((result) => result.pressed);
  const walls = {
    ...real?.values,
    pressP75: percentile(pressed, 0.75),
    pressP98: percentile(pressed, 0.98),
  };
  const records = RECORDS.filter(([key]) => walls[key] !== undefined).map(
    ([key, what, promised]) => ({ key, what, promised, value: walls[key] }),
  );
  failed = over(rows).length;
  const speeds = results.map(({ speed }) => speed);
  if (flag('--json') >= 0) {
    console.log(JSON.stringify({ reference: REFERENCE_MS, speeds, rows, records }));
  } else {
    console.log(
      `calibration ${speeds.map((speed) => speed.toFixed(0)).join(', ')} ms, reference ${REFERENCE_MS} ms; figures as on the reference\n`,
    );
    for (const { what, unit, value, limit, all } of rows) {
      const number = (it) => it.toFixed(unit === '' ? 0 : 1);
      const each = all.length > 1 ? `  (${all.map(number).join(' ')})` : '';
      console.log(
        `${value <= limit ? 'ok  ' : 'OVER'} ${number(value).padStart(7)} of ${String(limit).padStart(5)} ${unit.padEnd(2)}  ${what}${each}`,
      );
    }
    if (!real) console.log('no server binary (HARK_BIN): its figures are left out');
    console.log('\nrecords of wall time, which fail nothing; promised on a quiet machine:');
    for (const { what, value, promised } of records) {
      const beside = promised === null ? '' : ` of ${promised}`;
      console.log(`     ${value.toFixed(0).padStart(7)}${beside.padEnd(9)} ms  ${what}`);
    }
    console.log(`${rows.length - failed} passed, ${failed} failed`);
  }
} finally {
  await browser.close();
}
process.exit(failed === 0 ? 0 : 1);
