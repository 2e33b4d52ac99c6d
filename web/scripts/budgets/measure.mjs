import { median } from './meter.mjs';

/** Longer than the pause before neighbours are fetched ahead and a preview is asked for. */
const SETTLE_MS = 350;
/** The thread stands and its first answers are in; the pause before neighbours are fetched is longer. */
const PAINTED_MS = 120;
const STEPS = 9;
const MB = 1e6;
const UPDATES = 9;
/** 30 minutes of 5 updates a second are 9,000; so many of them may gain their share of the limit. */
const LEAK_UPDATES = 600;
const LEAK_SHARE = 9000 / LEAK_UPDATES;

const list = (page) => page.getByRole('listbox', { name: 'Conversations' });
const composer = (page) => page.getByRole('textbox', { name: /^Text / });

/** A cold load, to the list one can read; parts fetched when idle come later. */
export async function measureLoad(meter, base) {
  const { page } = meter;
  // A file of the same origin, so that starting the process is not counted.
  await page.goto(`${base}/theme.js`);
  const before = await meter.ticks();
  await page.goto(`${base}/inbox`, { waitUntil: 'commit' });
  await list(page).getByRole('option').first().waitFor();
  await meter.frame();
  await meter.rest(SETTLE_MS);
  const after = await meter.ticks();
  // A new process counts from nothing.
  return after >= before ? after - before : after;
}

/** Loads every page of the list, as someone does who scrolls to its end. */
async function loadAll(meter) {
  const { page } = meter;
  await list(page).evaluate(async (box) => {
    const frame = () => new Promise((done) => setTimeout(done, 8));
    let still = 0;
    let height = 0;
    while (still < 60) {
      box.scrollTop = box.scrollHeight;
      await frame();
      still = box.scrollHeight === height ? still + 1 : 0;
      height = box.scrollHeight;
    }
    box.scrollTop = 0;
  });
  await meter.rest(SETTLE_MS);
}

export async function measureCost(meter, base) {
  const { page } = meter;
  await loadAll(meter);
  const rows = await list(page).getByRole('option').first().getAttribute('aria-setsize');
  // A browser without a head keeps no icons and fetches the page's anew at each change of the address.
  await page.evaluate(() => document.querySelector('link[rel=icon]')?.remove());
  // Idle parts are in by now; what follows is the work alone.
  await meter.rest(1500);
  return {
    rows: Number(rows),
    step: await measureStep(meter),
    character: await measureCharacter(meter),
    ...(await measurePalette(meter)),
    send: await measureSend(meter),
    update: await measureUpdate(meter, base),
    nodes: await page.evaluate(() => document.querySelectorAll('*').length),
  };
}

async function measureStep(meter) {
  const { page } = meter;
  await list(page).getByRole('option').first().click();
  await composer(page).waitFor();
  await page.evaluate(() => document.activeElement?.blur?.());
  await meter.rest(500);
  const costs = [];
  for (let at = 0; at < STEPS; at += 1) {
    costs.push(
      await meter.cost(async () => {
        await page.keyboard.press('j');
        await meter.rest(PAINTED_MS);
      }),
    );
    // What is fetched ahead for the next steps comes after the pause and is not what this step waits for.
    await meter.rest(SETTLE_MS);
  }
  return median(costs);
}

async function measureCharacter(meter) {
  const { page } = meter;
  const words = 'It left our warehouse this morning and arrives tomorrow';
  await composer(page).focus();
  await page.keyboard.type('Hi! ');
  await meter.rest(SETTLE_MS);
  const cost = await meter.cost(async () => {
    await page.keyboard.type(words, { delay: 40 });
    await meter.frame();
  });
  return cost / words.length;
}

async function measurePalette(meter) {
  const { page } = meter;
  const field = page.getByRole('combobox', { name: 'Go, find, do' });
  const opens = [];
  const keys = [];
  for (let at = 0; at < 3; at += 1) {
    opens.push(
      await meter.cost(async () => {
        await page.keyboard.press('Control+k');
        await field.waitFor();
        await meter.frame();
        await meter.rest(200);
      }),
    );
    for (const key of 'set') {
      keys.push(
        await meter.cost(async () => {
          await page.keyboard.press(key);
          await meter.frame();
          await meter.rest(60);
        }),
      );
    }
    await page.keyboard.press('Escape');
    await field.waitFor({ state: 'hidden' });
    await meter.rest(100);
  }
  return { palette: median(opens), paletteKey: median(keys) };
}

async function measureSend(meter) {
  const { page } = meter;
  const costs = [];
  for (let at = 0; at < 3; at += 1) {
    const words = `Answer number ${at + 1}`;
    await composer(page).fill(words);
    await meter.rest(SETTLE_MS);
    costs.push(
      await meter.cost(async () => {
        await page.keyboard.press('Control+Enter');
        await meter.frame();
      }),
    );
    // Asked afterwards: looking for it costs the page as much as drawing it.
    await page.getByRole('article', { name: words }).waitFor();
    // The carrier's word on it.
    await meter.rest(1600);
  }
  return median(costs);
}

/** A customer far down the list texts: the row comes to the top. */
async function measureUpdate(meter, base) {
  const { page } = meter;
  const far = await olderPhones(base, UPDATES + 3);
  await page.mouse.move(1200, 300);
  await meter.rest(1600);
  const costs = [];
  for (const phone of far) {
    costs.push(
      await meter.cost(async () => {
        await text(base, phone, 'Hello, one more thing');
        await meter.rest(250);
      }),
    );
  }
  return median(costs.slice(3));
}

/** What stays in memory with everything loaded, and what further texts leave behind. */
export async function measureLeak(meter, base) {
  const { page } = meter;
  await page.evaluate(() => document.activeElement?.blur?.());
  for (let at = 0; at < 5; at += 1) {
    await page.keyboard.press('j');
    await meter.rest(SETTLE_MS);
  }
  const before = await meter.heap();
  const phones = await olderPhones(base, 40);
  for (let at = 0; at < LEAK_UPDATES; at += 1) {
    await text(base, phones[at % phones.length], `Text number ${at}`);
  }
  await meter.rest(1500);
  const gained = (await meter.heap()) - before;
  return { heap: before / MB, leak: (Math.max(0, gained) / MB) * LEAK_SHARE };
}

async function olderPhones(base, count) {
  const answer = await fetch(`${base}/api/v1/conversations?sort=newest&cursor=900`);
  const { items } = await answer.json();
  return items.slice(0, count).map((row) => ({ from: row.customer.address, inbox: row.inbox.id }));
}

async function text(base, phone, body) {
  const answer = await fetch(`${base}/api/v1/simulator/texts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ from: phone.from, inbox_id: phone.inbox, body }),
  });
  if (!answer.ok) throw new Error(`the mock answered ${answer.status}`);
}
