import { existsSync, readFileSync } from 'node:fs';
import { runnerImport } from 'vite';

/** Linux counts a process's time in ticks of this many ms (`getconf CLK_TCK` is 100 everywhere). */
const TICK_MS = 10;
const WAIT_MS = 60_000;
const root = new URL('../../', import.meta.url).pathname;
const BINARY = process.env.HARK_BIN ?? `${root}../target/debug/hark`;

/** Processor time of a process since it began, in ms. */
export function processMs(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name may hold spaces; what follows its bracket does not.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Memory that is a process's own, in bytes. */
export function privateBytes(pid) {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kib = [...rollup.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+) kB/gm)];
  return kib.reduce((sum, [, value]) => sum + Number(value) * 1024, 0);
}

/** The real binary with the demo shop in it, signed in to; null where there is no binary. */
export async function startShop(conversations) {
  if (!existsSync(BINARY)) return null;
  // The journeys' own way of starting it.
  const { module } = await runnerImport(`${root}e2e/server.ts`);
  const server = await module.startServer();
  try {
    const made = await fetch(`${server.url}/api/v1/setup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        code: server.code,
        name: 'Maya Ortiz',
        email: 'maya@example.com',
        password: 'a quiet desk by the window',
        workspace_name: 'Juniper & Oak',
        brand: 'Juniper & Oak',
        time_zone: 'America/New_York',
        demo: false,
      }),
    });
    if (!made.ok) throw new Error(`setup: ${made.status} ${await made.text()}`);
    const cookie = made.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ');
    const { csrf } = await made.json();
    const headers = { cookie, 'x-hark-csrf': csrf, 'content-type': 'application/json' };
    const ask = async (path, init = {}) => {
      const answer = await fetch(`${server.url}/api/v1/${path}`, { headers, ...init });
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      return answer.json();
    };
    await ask('demo', { method: 'POST', body: JSON.stringify({ conversations }) });
    const deadline = Date.now() + WAIT_MS;
    while ((await ask('demo')).state !== 'ready') {
      if (Date.now() > deadline) throw new Error('the demo shop took longer than a minute');
      await new Promise((done) => setTimeout(done, 200));
    }
    return { url: server.url, pid: server.pid, cookie, ask, stop: server.stop };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
