// Photographs paths of a running web app: node scripts/shot.mjs <base> <out> <path> [widths] [themes]
import { chromium } from '@playwright/test';

const [base, out, path, widths = '1440,390', themes = 'light,dark'] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
for (const width of widths.split(',').map(Number)) {
  for (const theme of themes.split(',')) {
    const page = await browser.newPage({
      viewport: { width, height: width < 768 ? 844 : 900 },
      colorScheme: theme,
    });
    page.on('console', (m) => m.type() === 'error' && console.log('console:', m.text()));
    page.on('pageerror', (e) => console.log('error:', e.message));
    await page.goto(base + path);
    await page.waitForTimeout(900);
    await page.screenshot({
      path: `${out}-${width}-${theme}.png`,
      fullPage: process.env.FULL === '1',
    });
    await page.close();
  }
}
await browser.close();
