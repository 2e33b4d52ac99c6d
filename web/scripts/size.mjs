// Fails when the build outgrows its budgets (brotli bytes). The limits are a promise to people on
// slow phones; raise one only with a reason in the commit.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';

const DIST = new URL('../dist/', import.meta.url).pathname;
const KB = 1000;
const BUDGET = { initialJs: 185 * KB, initialCss: 15 * KB, lazy: 40 * KB, all: 1500 * KB };
const LAZY = {
  'features/settings/': 15 * KB,
  'routes/settings': 15 * KB,
};
const PALETTE = 'src/routes/PaletteDoor.tsx';
const PALETTE_BUDGET = 20 * KB;
/** The smallest dialog there is: what it pulls in, every dialog shares. */
const ANY_DIALOG = 'src/ui/Confirm.tsx';
/** Fetched by every screen once it is idle: palette, dialogs, menus, the simulator. Counted together. */
const IDLE = [
  PALETTE,
  'src/routes/Overlays.tsx',
  'src/routes/ConversationOverlays.tsx',
  'src/ui/MenuPopup.tsx',
  'src/features/simulator/SimulatorDock.tsx',
];
const IDLE_BUDGET = 66 * KB;
const WARN_INITIAL_JS = 170 * KB;

const manifest = JSON.parse(readFileSync(join(DIST, '.vite/manifest.json'), 'utf8'));
const keys = Object.keys(manifest);
const brotli = (file) => statSync(join(DIST, `${file}.br`)).size;
const kb = (bytes) => `${(bytes / KB).toFixed(1)} kB`;

/** A source's chunk. One that others also import outright goes by its file's name alone. */
function chunkOf(source) {
  const name = basename(source, extname(source));
  const key = source in manifest ? source : keys.find((key) => manifest[key].name === name);
  if (!key) throw new Error(`no chunk of the build is ${source}`);
  return key;
}

/** Files a chunk pulls in before it can run. */
function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) closure(next, seen);
  return seen;
}

const entry = keys.find((key) => manifest[key].isEntry);
const initial = closure(entry);
const rows = [];
const initialJs = [...initial].reduce((sum, key) => sum + brotli(manifest[key].file), 0);
const css = new Set([...initial].flatMap((key) => manifest[key].css ?? []));
const initialCss = [...css].reduce((sum, file) => sum + brotli(file), 0);
rows.push(
  ['initial js', initialJs, BUDGET.initialJs],
  ['initial css', initialCss, BUDGET.initialCss],
);

const idle = new Set(
  IDLE.flatMap((source) => [...closure(chunkOf(source))]).filter((key) => !initial.has(key)),
);
const idleJs = [...idle].reduce((sum, key) => sum + brotli(manifest[key].file), 0);
rows.push(['loaded when idle', idleJs, IDLE_BUDGET]);

/** The palette alone: what it needs beyond the first load and beyond what every dialog needs. */
const shared = closure(chunkOf(ANY_DIALOG));
const palette = [...closure(chunkOf(PALETTE))].filter(
  (key) => !initial.has(key) && !shared.has(key),
);
const paletteJs = palette.reduce((sum, key) => sum + brotli(manifest[key].file), 0);
rows.push(['palette alone', paletteJs, PALETTE_BUDGET]);

for (const [key, chunk] of Object.entries(manifest)) {
  if (!chunk.isDynamicEntry || initial.has(key) || idle.has(key)) continue;
  const files = [...closure(key)].filter((part) => !initial.has(part) && !idle.has(part));
  const own = files.reduce((sum, part) => sum + brotli(manifest[part].file), 0);
  const limit = Object.entries(LAZY).find(([prefix]) => key.includes(prefix))?.[1] ?? BUDGET.lazy;
  rows.push([key, own, limit]);
}

let all = 0;
for (const file of readdirSync(DIST, { recursive: true, withFileTypes: true })) {
  if (!file.isFile() || file.parentPath.includes('.vite')) continue;
  if (extname(file.name) === '.br') all += statSync(join(file.parentPath, file.name)).size;
}
rows.push(['everything embedded, without fonts', all, BUDGET.all]);

let failed = 0;
for (const [name, bytes, limit] of rows) {
  const over = bytes > limit;
  if (over) failed += 1;
  console.log(
    `${over ? 'OVER' : 'ok  '} ${kb(bytes).padStart(9)} of ${kb(limit).padStart(9)}  ${name}`,
  );
}
if (initialJs > WARN_INITIAL_JS && initialJs <= BUDGET.initialJs) {
  console.log(`warning: initial js is above ${kb(WARN_INITIAL_JS)}`);
}
console.log(`${rows.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
