import type { Page } from '@playwright/test';
import axe from 'axe-core';
import { expect, test } from './fixtures';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** The rules are run from the outside: the page's policy would refuse an injected script, rightly. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async (tags) => {
    const engine = Reflect.get(window, 'axe');
    const result = await engine.run(document, { runOnly: { type: 'tag', values: tags } });
    return result.violations.flatMap(
      (rule: { id: string; help: string; nodes: { html: string }[] }) =>
        rule.nodes.map((node) => `${rule.id}: ${rule.help}: ${node.html.slice(0, 200)}`),
    );
  }, TAGS);
}

const SIZES = [
  { name: 'desk', width: 1440, height: 900 },
  { name: 'phone', width: 390, height: 844 },
];

interface Screen {
  name: string;
  path: string;
  /** What is on screen when it is ready. */
  ready: RegExp | string;
  open?: (page: Page) => Promise<void>;
}

const SCREENS: Screen[] = [
  { name: 'inbox', path: '/inbox', ready: 'Inbox' },
  { name: 'customers', path: '/customers', ready: 'Customers' },
  { name: 'search', path: '/search?q=shirt', ready: 'Search' },
  { name: 'first steps', path: '/welcome', ready: 'First steps' },
  { name: 'workspace', path: '/settings/workspace', ready: 'Workspace and brand' },
  { name: 'demo data', path: '/settings/demo', ready: 'Demo data' },
  { name: 'inboxes', path: '/settings/inboxes', ready: 'Inboxes and numbers' },
  { name: 'accounts', path: '/settings/accounts', ready: 'Provider accounts' },
  { name: 'stop sending', path: '/settings/sending', ready: 'Stop sending' },
  { name: 'members', path: '/settings/members', ready: 'Members' },
  { name: 'api keys', path: '/settings/keys', ready: 'API keys' },
  { name: 'appearance', path: '/settings/appearance', ready: 'Appearance' },
  { name: 'keyboard', path: '/settings/keyboard', ready: 'Keyboard' },
  { name: 'sessions', path: '/settings/sessions', ready: 'Where you are signed in' },
  { name: 'gallery', path: '/gallery', ready: 'Gallery' },
];

for (const theme of ['light', 'dark'] as const) {
  for (const size of SIZES) {
    test.describe(`${theme}, ${size.name}`, () => {
      test.use({ colorScheme: theme, viewport: { width: size.width, height: size.height } });

      test('every screen', async ({ signedIn: page, shop }) => {
        test.setTimeout(240_000);
        await shop.text('+12125550171', 'Do you have the linen shirt in M?');
        for (const screen of SCREENS) {
          await page.goto(shop.url + screen.path);
          await page
            .getByRole('heading', { name: screen.ready, level: 1 })
            .first()
            .waitFor({ state: 'attached' });
          // The gallery shows the skeleton on purpose.
          if (screen.name !== 'gallery') {
            await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0);
          }
          expect(await violations(page), screen.name).toEqual([]);
        }
      });

      test('a conversation, and what lies over it', async ({ signedIn: page, shop }) => {
        await shop.text('+12125550171', 'Do you have the linen shirt in M?');
        await page.goto(`${shop.url}/inbox`);
        await page.getByRole('option', { name: /linen shirt/ }).click();
        await page
          .getByRole('article', { name: /linen shirt/ })
          .first()
          .waitFor();
        await page.getByRole('textbox', { name: /^Text \(/ }).fill('It’s in… I’ll check');
        expect(await violations(page), 'thread').toEqual([]);
        await page.getByRole('textbox', { name: /^Text \(/ }).blur();
        for (const [key, name] of [
          ['Control+k', 'Go, find, do'],
          ['z', 'Snooze until'],
          ['a', 'Assign'],
          ['?', 'Keys'],
          ['c', 'New text'],
        ] as const) {
          await page.keyboard.press(key);
          await page.getByRole('dialog', { name }).waitFor();
          expect(await violations(page), name).toEqual([]);
          await page.keyboard.press('Escape');
          await expect(page.getByRole('dialog', { name })).toBeHidden();
        }
        await page.keyboard.press('s');
        await page.getByRole('complementary', { name: 'Simulator phone' }).waitFor();
        await page.getByRole('button', { name: 'Carrier faults' }).click();
        await page.getByRole('region', { name: 'Carrier faults' }).waitFor();
        expect(await violations(page), 'simulator').toEqual([]);
      });

      test('before signing in', async ({ page, shop }) => {
        for (const path of ['/login', '/setup', '/reset/none', '/invite/none', '/nowhere']) {
          await page.goto(shop.url + path);
          await page.locator('h1, p').first().waitFor();
          await expect(page.getByRole('heading', { name: 'Loading' })).toHaveCount(0);
          expect(await violations(page), path).toEqual([]);
        }
      });
    });
  }
}
