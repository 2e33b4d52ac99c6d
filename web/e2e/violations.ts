import type { Page } from '@playwright/test';
import axe from 'axe-core';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** The rules are run from the outside: the page's policy would refuse an injected script, rightly. */
export async function violations(page: Page): Promise<string[]> {
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
