// Checks every text token on every surface it may stand on, in both themes: 4.5:1 for text, 3:1 for
// borders of controls. A grey that passes on white and fails on a selected row is the usual trap.
import { readFileSync } from 'node:fs';

const css = readFileSync(new URL('../src/styles.css', import.meta.url), 'utf8');
const SURFACES = ['bg', 'surface', 'raised', 'sunken', 'accent-soft', 'note'];
const TEXT = ['ink', 'muted', 'faint', 'ok', 'warn', 'bad', 'info', 'accent'];
const PAIRS = [
  ['accent-ink', 'accent'],
  ['accent-ink', 'accent-strong'],
  ['bubble-out-ink', 'bubble-out'],
  ['bad-ink', 'bad'],
];
const BORDERS = [
  ['line-strong', 'surface'],
  ['line-strong', 'bg'],
  ['line-strong', 'raised'],
];

function tokens(selector) {
  // The formatter decides on the quotes, not this script.
  const start = css.replaceAll("'", '"').indexOf(selector.replaceAll("'", '"'));
  if (start < 0) throw new Error(`styles.css has no block ${selector}`);
  const block = css.slice(start, css.indexOf('}', start));
  return Object.fromEntries(
    [...block.matchAll(/--([a-z-]+):\s*(#[0-9a-f]{6})/g)].map((m) => [m[1], m[2]]),
  );
}

function luminance(hex) {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function ratio(a, b) {
  const [hi, lo] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (hi + 0.05) / (lo + 0.05);
}

let passed = 0;
const failures = [];
for (const theme of ["[data-theme='light']", "[data-theme='dark']"]) {
  const token = tokens(theme);
  const pairs = [
    ...SURFACES.flatMap((surface) => TEXT.map((text) => [text, surface, 4.5])),
    ...PAIRS.map(([text, surface]) => [text, surface, 4.5]),
    ...BORDERS.map(([line, surface]) => [line, surface, 3]),
  ];
  for (const [text, surface, least] of pairs) {
    if (!token[text] || !token[surface]) throw new Error(`missing token ${text} or ${surface}`);
    const got = ratio(token[text], token[surface]);
    if (got < least) failures.push(`${theme} ${text} on ${surface}: ${got.toFixed(2)} < ${least}`);
    else passed += 1;
  }
}
for (const line of failures) console.error(line);
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length === 0 ? 0 : 1);
