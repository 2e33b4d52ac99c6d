import { Meter, median } from './meter.mjs';

/** What one burst costs on the machine the budgets were set on (2 shared cores, Chromium 156). */
export const REFERENCE_MS = 5.5;
const BURSTS = 14;
/** Between bursts other work takes the core and its caches, as it does between two keys of a person. */
const PAUSE_MS = 120;

/**
 * Objects, strings, sorting, elements and their layout in the proportions of an app: a fixed piece of
 * work whose cost says how fast this machine's main thread is just now.
 */
function burst() {
  const rows = [];
  for (let at = 0; at < 1500; at += 1) {
    rows.push({ id: `row-${(at * 7919) % 4001}`, at: (at * 104729) % 65537, words: [at, at + 1] });
  }
  rows.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  const kept = new Map(rows.map((row) => [row.id, { ...row, text: `${row.id}:${row.at}` }]));
  const box = document.createElement('div');
  for (const row of [...kept.values()].slice(0, 250)) {
    const line = document.createElement('p');
    line.textContent = row.text;
    line.style.padding = `${row.at % 5}px`;
    box.append(line);
  }
  document.body.replaceChildren(box);
  return box.offsetHeight;
}

export async function calibrate(browser) {
  const page = await browser.newPage();
  await page.goto('about:blank');
  const meter = await Meter.open(page);
  const costs = [];
  for (let at = 0; at < BURSTS; at += 1) {
    costs.push(await meter.cost(() => page.evaluate(burst)));
    await meter.rest(PAUSE_MS);
  }
  await page.close();
  // The first ones are still being compiled.
  return median(costs.slice(4));
}
