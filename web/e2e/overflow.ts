import type { Page } from '@playwright/test';

/** The narrowest screen on which nothing may need a sideways scroll. */
export const NARROW = { width: 320, height: 640 };

/** What may be moved sideways on purpose. The keys reach each part of it, and moving shows what they reach. */
const MEANT = {
  'the tabs of the views': 'nav[aria-label="View"]',
};

/**
 * What can be scrolled sideways though nobody meant it to be. A page scrolls within itself, and what
 * scrolls downwards takes in silently what is too wide: the document never hears of it.
 */
export function overflows(page: Page): Promise<string[]> {
  return page.evaluate((meant) => {
    const named = (of: Element) =>
      `<${of.tagName.toLowerCase()} class="${of.getAttribute('class') ?? ''}"> ${of.textContent?.trim().slice(0, 60)}`;
    const scrolls = (of: Element) =>
      of === document.documentElement || /auto|scroll/.test(getComputedStyle(of).overflowX);
    return [...document.querySelectorAll('*')]
      .filter((of) => scrolls(of) && of.scrollWidth > of.clientWidth)
      .filter((of) => !meant.some((selector) => of.matches(selector)))
      .map((of) => {
        const edge = of.getBoundingClientRect().left + of.clientLeft + of.clientWidth;
        const wide = [...of.querySelectorAll('*')].filter(
          (part) => part.getBoundingClientRect().right > edge + 0.5,
        );
        const last = wide[wide.length - 1];
        return `${of.scrollWidth - of.clientWidth} px: ${named(of)}${last ? `, by ${named(last)}` : ''}`;
      });
  }, Object.values(MEANT));
}
