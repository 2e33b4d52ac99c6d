import { type APIRequestContext, test as base, expect, type Page, request } from '@playwright/test';
import type { Photo } from './picture';
import { type Server, startServer } from './server';

export const OWNER = {
  name: 'Maya Ortiz',
  email: 'maya@example.com',
  password: 'a quiet desk by the window',
};
export const SHOP = {
  workspace_name: 'Juniper & Oak',
  brand: 'Juniper & Oak',
  time_zone: 'America/New_York',
};

export interface Shop {
  url: string;
  api: APIRequestContext;
  /** The inbox that a fresh workspace is given. */
  inbox: { id: string; address: string; name: string };
  /** Asks the API as the owner, and answers with what it says. */
  ask: <Answer>(method: 'GET' | 'POST' | 'PUT', path: string, data?: unknown) => Promise<Answer>;
  /** A customer texts; the words arrive as from any carrier. */
  text: (from: string, body: string, photos?: readonly Photo[]) => Promise<void>;
  /** Makes an invitation, as a link one can open. */
  invite: (role: 'admin' | 'agent', email?: string) => Promise<string>;
  /** A colleague who has taken their invitation up. */
  colleague: (name: string, email: string) => Promise<void>;
  /** Signs a page in as the owner. */
  signIn: (page: Page) => Promise<void>;
}

async function expectOk(answer: { ok(): boolean; status(): number; text(): Promise<string> }) {
  if (!answer.ok()) throw new Error(`${answer.status()} ${await answer.text()}`);
}

/** Sets a fresh server up through the API and answers with what tests drive it by. */
export async function setUp(server: Server): Promise<Shop> {
  const api = await request.newContext({ baseURL: server.url });
  const made = await api.post('/api/v1/setup', {
    data: { ...OWNER, ...SHOP, code: server.code, demo: false },
  });
  await expectOk(made);
  const me: { csrf: string } = await made.json();
  const headers = { 'X-Hark-CSRF': me.csrf };
  const list = await api.get('/api/v1/inboxes');
  await expectOk(list);
  const { items }: { items: { id: string; address: string; name: string; simulated: boolean }[] } =
    await list.json();
  const inbox = items.find((item) => item.simulated);
  if (!inbox) throw new Error('a fresh workspace has no simulator inbox');
  const ask: Shop['ask'] = async (method, path, data) => {
    const answer = await api.fetch(`/api/v1/${path}`, { method, headers, data });
    await expectOk(answer);
    return answer.status() === 204 ? undefined : await answer.json();
  };
  const invite: Shop['invite'] = async (role, email) => {
    const made = await ask<{ link: string }>('POST', 'invites', email ? { role, email } : { role });
    return new URL(made.link).pathname;
  };
  return {
    url: server.url,
    api,
    ask,
    invite,
    colleague: async (name, email) => {
      const token = (await invite('agent')).split('/').pop();
      const theirs = await request.newContext({ baseURL: server.url });
      const data = { name, email, password: OWNER.password };
      await expectOk(await theirs.post(`/api/v1/invite-links/${token}`, { data }));
      await theirs.dispose();
    },
    inbox,
    signIn: async (page) => {
      const { cookies } = await api.storageState();
      await page.context().addCookies(cookies);
    },
    text: async (from, body, photos = []) => {
      const media_ids: string[] = [];
      for (const file of photos) {
        const answer = await api.post('/api/v1/media', { headers, multipart: { file } });
        await expectOk(answer);
        const made: { id: string } = await answer.json();
        media_ids.push(made.id);
      }
      await ask('POST', 'simulator/texts', { from, inbox_id: inbox.id, body, media_ids });
    },
  };
}

/** Notes every breach of the content security policy a page reports. */
async function watchPolicy(page: Page): Promise<string[]> {
  const breaches: string[] = [];
  await page.exposeFunction('reportBreach', (text: string) => breaches.push(text));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const report: unknown = Reflect.get(window, 'reportBreach');
      if (typeof report === 'function')
        report(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
    });
  });
  return breaches;
}

interface Fixtures {
  /** A page that fails its test when anything breaks the policy or throws. */
  page: Page;
  /** Signs the page in as the owner. */
  signedIn: Page;
}

export const test = base.extend<Fixtures, { shop: Shop }>({
  shop: [
    // biome-ignore lint/correctness/noEmptyPattern: the runner reads the names of the first argument
    async ({}, use) => {
      const server = await startServer();
      const shop = await setUp(server);
      await use(shop);
      await shop.api.dispose();
      await server.stop();
    },
    { scope: 'worker' },
  ],
  page: async ({ page }, use) => {
    const breaches = await watchPolicy(page);
    const thrown: string[] = [];
    page.on('pageerror', (error) => thrown.push(error.message));
    await use(page);
    expect(breaches, 'breaches of the content security policy').toEqual([]);
    expect(thrown, 'errors thrown in the page').toEqual([]);
  },
  signedIn: async ({ page, shop }, use) => {
    await shop.signIn(page);
    await use(page);
  },
});

export { expect };
