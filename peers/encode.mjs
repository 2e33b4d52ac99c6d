// Compares `hark probe encode` with two other calculators on generated texts.
//
//   node peers/encode.mjs [--count 5000] [--seed 1]
//
// Both peers cut a text greedily; they differ from Hark in what they hold to be
// uncuttable. A difference counts as explained only where cutting by the peer's
// rule gives the peer's parts and cutting by ours gives ours, so every reason
// below is checked on the very text. Anything else fails.
//
// The calculator's own table is measured too, and each pair of its smart encoding is
// put to Hark's: what one makes plain the other does as well, or a reason is checked.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const require = createRequire(import.meta.url);
const { SegmentedMessage } = require("sms-segments-calculator");
const SMART = require("sms-segments-calculator/dist/libs/SmartEncodingMap").default;
const splitSms = require("split-sms");
// The peer's own grapheme rules, so that its choices can be replayed.
const GraphemeSplitter = require("grapheme-splitter");

const { values: options } = parseArgs({
  options: { count: { type: "string", default: "5000" }, seed: { type: "string", default: "1" } },
});
const hark = process.env.HARK_BIN ?? fileURLToPath(new URL("../target/debug/hark", import.meta.url));

const REASONS = {
  line_break: "The peer may cut between CR and LF; Hark keeps the pair, which is one grapheme cluster.",
  cluster: "The peer knows surrogate pairs but no grapheme clusters; Hark keeps a cluster that fits one part.",
  cluster_rules: "The peer's grapheme rules are of an older Unicode; Hark keeps today's clusters whole.",
  oversized: "A cluster larger than a part: the peer lets the part overflow; Hark fills parts character by character.",
  carried: "The peer carries characters past its first header without measuring them again, so a part overflows.",
};

/** Why Hark makes something else of a character than the calculator's smart encoding. */
const SMART_REASONS = {
  letter: [(ch) => /\p{L}/u.test(ch), (ch) => ch, "Letters are never changed, so names stay names."],
  mark: [(ch) => /\p{M}/u.test(ch), (ch) => ch, "Accents belong to their letter."],
  space: [(ch, theirs) => /\p{Zs}|\t/u.test(ch) && theirs.trim() === "", () => " ", "One space stays one; the peer makes several."],
  line: [(ch) => /[\u2028\u2029]/u.test(ch), () => "\n", "A new line stays one; the peer makes a space."],
  control: [(ch) => /\p{Cc}/u.test(ch), () => "", "What nobody sees goes; the peer makes spaces."],
  joiner: [(ch) => ch === "\u200c", (ch) => ch, "It joins or parts letters of some scripts, so it carries meaning."],
  comma: [(ch) => /[\ufe10\ufe11]/u.test(ch), () => ",", "These are commas; the peer makes apostrophes."],
};

// --- Texts -----------------------------------------------------------------

/** Mulberry32: small, seeded, and good enough to draw texts. */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const GSM = [..."@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCXYZÄÖÑÜ§¿abcxyzäöñüà\n\r"];
const EXTENDED = [..."\f^{}\\[~]|€"];
const WIDE = [..."☃ç’“”…–—\u00a0áíóúÁœ中文字日本語кириллицаעבריתعربي\u200b\ufeff`\t"];
const PAIRS = ["😀", "🎉", "𝒳", "𠮷", "🅰"];
const CLUSTERS = [
  "e\u0301", "a\u0308\u0323", "🇸🇪", "🇺🇸", "👍🏽", "❤️", "👨‍👩‍👧‍👦", "🏳️‍🌈", "👩🏾‍🚀", "1️⃣", "한", "각",
  "\u1112\u1161\u11ab", "नि", "ร์", "\r\n", "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
];
// What the peer's older rules see otherwise.
const MODERN = ["क्षि", "🧑‍🧑‍🧒", "\u{1f9d1}\u200d\u{1fa70}", "\u{1fae1}\u200d\u2642", "\u{11f02}क", "\u0d4e\u0d15"];

function texts(count, seed) {
  const next = random(seed);
  const below = (limit) => Math.floor(next() * limit);
  const pick = (list) => list[below(list.length)];
  const fill = (list, length) => Array.from({ length }, () => pick(list)).join("");
  // Lengths near the edges of one, two and three parts are drawn most often.
  const length = (edges) => (next() < 0.6 ? Math.max(0, pick(edges) + below(9) - 4) : below(420));
  const gsmEdges = [0, 1, 80, 152, 153, 160, 161, 305, 306, 307, 459, 460];
  const wideEdges = [0, 1, 35, 66, 67, 70, 71, 133, 134, 135, 201, 202];
  const kinds = [
    () => fill(GSM, length(gsmEdges)),
    () => Array.from({ length: length(gsmEdges) }, () => (next() < 0.1 ? pick(EXTENDED) : pick(GSM))).join(""),
    () => fill(EXTENDED, length([79, 80, 81, 76, 77, 152, 153])),
    () => "a".repeat(150 + below(5)) + fill(EXTENDED, 3) + "b".repeat(below(320)),
    () => "a".repeat(148 + below(8)) + "\r\n" + "b".repeat(below(320)),
    () => fill([...GSM, ...WIDE], length(wideEdges)),
    () => Array.from({ length: length(wideEdges) }, () => (next() < 0.15 ? pick(PAIRS) : pick(WIDE))).join(""),
    () => "☃".repeat(62 + below(8)) + fill(PAIRS, 3) + "☃".repeat(below(140)),
    () => Array.from({ length: length(wideEdges) }, () => (next() < 0.15 ? pick(CLUSTERS) : pick(WIDE))).join(""),
    () => "☃".repeat(56 + below(12)) + pick(CLUSTERS) + "☃".repeat(below(140)),
    () => fill([...CLUSTERS, ...PAIRS], 1 + below(40)),
    () => "☃".repeat(60 + below(8)) + fill(MODERN, 1 + below(6)) + "☃".repeat(below(80)),
    () => "☃".repeat(below(70)) + "e" + "\u0301".repeat(below(160)) + "☃".repeat(below(40)),
    () => String.fromCodePoint(...Array.from({ length: below(90) }, () => scalar(below))),
  ];
  return Array.from({ length: count }, () => pick(kinds)());
}

/** Any Unicode scalar value, so no lone surrogate. */
function scalar(below) {
  const value = below(0x10f800);
  return value < 0xd800 ? value : value + 0x800;
}

// --- Cutting by a rule -------------------------------------------------------

const extended = new Set(EXTENDED);
const unitsOf = (text, gsm) =>
  gsm ? [...text].reduce((sum, ch) => sum + (extended.has(ch) ? 2 : 1), 0) : text.length;

/** Cuts greedily between atoms; an atom larger than a part is cut by characters. */
function cut(atoms, gsm) {
  const [single, joined] = gsm ? [160, 153] : [70, 67];
  if (atoms.reduce((sum, atom) => sum + unitsOf(atom, gsm), 0) <= single) return [atoms.join("")];
  const parts = [];
  let part = "";
  let used = 0;
  const put = (piece, units) => {
    if (used + units > joined) {
      parts.push(part);
      part = "";
      used = 0;
    }
    part += piece;
    used += units;
  };
  for (const atom of atoms) {
    const units = unitsOf(atom, gsm);
    if (units <= joined) {
      put(atom, units);
      continue;
    }
    if (part !== "") {
      parts.push(part);
      part = "";
      used = 0;
    }
    for (const ch of atom) put(ch, unitsOf(ch, gsm));
  }
  parts.push(part);
  return parts;
}

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
const ourAtoms = (text) => Array.from(segmenter.segment(text), (piece) => piece.segment);
const olderRules = new GraphemeSplitter();
const peerAtoms = (text) => olderRules.splitGraphemes(text).flatMap((atom) => (atom === "\r\n" ? ["\r", "\n"] : [atom]));
const same = (left, right) => left.length === right.length && left.every((item, at) => item === right[at]);

// --- The peers ---------------------------------------------------------------

function calculator(text) {
  const message = new SegmentedMessage(text);
  const parts = message.segments.map((segment) =>
    Array.from(segment).filter((piece) => piece.raw !== undefined).map((piece) => piece.raw).join(""),
  );
  return { gsm: message.encodingName === "GSM-7", parts };
}

function splitter(text) {
  const { characterSet, parts } = splitSms.split(text);
  return { gsm: characterSet === splitSms.GSM, parts: parts.map((part) => part.content) };
}

/** Why the calculator's parts differ; null where nothing explains it. */
function calculatorReason(text, gsm, ours, theirs) {
  const atoms = peerAtoms(text);
  const replayed = cut(atoms, gsm);
  const limit = gsm ? 153 : 67;
  if (!same(theirs, replayed)) {
    // Its parts overflow; ours never do.
    const overflows = theirs.length > 1 && theirs.some((part) => unitsOf(part, gsm) > limit);
    if (!overflows) return null;
    return atoms.some((atom) => unitsOf(atom, gsm) > limit) ? "oversized" : "carried";
  }
  if (gsm) return "line_break";
  // Joining CR and LF in the peer's own atoms gives our parts, or its rules are older.
  return same(ours, cut(olderRules.splitGraphemes(text), gsm)) ? "line_break" : "cluster_rules";
}

/** Why the splitter's parts differ; null where nothing explains it. */
function splitterReason(text, gsm, theirs) {
  if (!same(theirs, cut([...text], gsm))) return null;
  return gsm ? "line_break" : "cluster";
}

// --- The run -----------------------------------------------------------------

function ask(lines) {
  return new Promise((resolve, reject) => {
    const child = spawn(hark, ["probe", "encode"], { stdio: ["pipe", "pipe", "inherit"] });
    const chunks = [];
    child.stdout.on("data", (chunk) => chunks.push(chunk));
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve(Buffer.concat(chunks).toString()) : reject(new Error(`hark probe ended with ${code}`)),
    );
    child.stdin.on("error", reject);
    child.stdin.end(lines.join("\n") + "\n");
  });
}

const fixtures = ["gsm", "unicode"].flatMap((name) => {
  const path = require.resolve(`split-sms/test/testdata/${name}.test.json`);
  return JSON.parse(readFileSync(path, "utf8")).map((vector) => vector.message ?? vector.content ?? "");
});
/** The calculator's own rows, as its tests have them: text, parts, bits without and with headers. */
const digits = (count) => Array.from({ length: count }, (_, at) => (at + 1) % 10).join("");
const after = (head, count) => head + digits(count + 1).slice(1);
const ROWS = [
  [digits(160), 1, 1120, 1120],
  [digits(161), 2, 1127, 1223],
  [digits(307), 3, 2149, 2293],
  [after("😜", 68), 1, 1120, 1120],
  [after("😜", 69), 2, 1136, 1232],
  [after("😜", 133), 3, 2160, 2304],
  [after("🇮🇹", 66), 1, 1120, 1120],
  [after("🇮🇹", 67), 2, 1136, 1232],
  [after("🏳️‍🌈", 64), 1, 1120, 1120],
  [after("🏳️‍🌈", 65), 2, 1136, 1232],
];
const SPECIAL = [
  ...[..."|^€{}[]~\\"].flatMap((ch) => [ch + digits(158), ch + digits(159)]),
  ...[..."ÁÚúçíÍóÓ"].flatMap((ch) => [ch.repeat(70), ch.repeat(71)]),
  `😀${"]".repeat(68)}`, `😀${"]".repeat(69)}`, "\rabcde\r\n123", "\nabcde\n\n123\n",
  "e\u0301\u0301\u0301", `e\u0301\u0301\u0301${"a".repeat(66)}`, `e\u0301\u0301\u0301${"a".repeat(67)}`,
];
const asked = [...fixtures, ...ROWS.map(([text]) => text), ...SPECIAL, ...texts(Number(options.count), Number(options.seed))];
const answered = await ask(asked.map((text) => JSON.stringify({ text })));
const answers = answered.trimEnd().split("\n").map((line) => JSON.parse(line));
if (answers.length !== asked.length) throw new Error(`${asked.length} texts, ${answers.length} answers`);

const counts = new Map();
const failures = [];
asked.forEach((text, at) => {
  const ours = answers[at];
  const fail = (peer, problem, theirs) => failures.push({ peer, problem, text, ours, theirs });
  if (ours?.error || ours.split.join("") !== text || ours.split.length !== ours.parts || ours.text !== text) {
    fail("hark", "parts are not the text", null);
    return;
  }
  const gsm = ours.encoding === "gsm7";
  if (ours.units !== unitsOf(text, gsm)) fail("hark", "units", null);
  if (ours.parts > 1 && ours.split.some((part) => unitsOf(part, gsm) > (gsm ? 153 : 67))) fail("hark", "overflow", null);
  // Our own rule, replayed with the runtime's grapheme clusters.
  const replayed = same(ours.split, cut(ourAtoms(text), gsm));
  for (const [peer, theirs, reasonFor] of [
    ["sms-segments-calculator", calculator(text), (found) => calculatorReason(text, gsm, ours.split, found)],
    ["split-sms", splitter(text), (found) => splitterReason(text, gsm, found)],
  ]) {
    if (theirs.gsm !== gsm) fail(peer, "encoding", theirs);
    else if (!same(theirs.parts, ours.split)) {
      const reason = replayed ? reasonFor(theirs.parts) : null;
      if (reason === null) fail(peer, "parts", theirs);
      else counts.set(`${peer}: ${reason}`, (counts.get(`${peer}: ${reason}`) ?? 0) + 1);
    }
  }
});

ROWS.forEach(([text, parts, bits, allBits], at) => {
  const ours = answers[fixtures.length + at];
  const unit = ours.encoding === "gsm7" ? 7 : 16;
  const measured = [ours.parts, ours.units * unit, ours.units * unit + (ours.parts > 1 ? 48 * ours.parts : 0)];
  const peer = new SegmentedMessage(text);
  const told = [peer.segmentsCount, peer.messageSize, peer.totalSize];
  if (!same(measured, [parts, bits, allBits]) || !same(told, measured)) {
    failures.push({ peer: "sms-segments-calculator", problem: "table", text, ours: measured, theirs: told });
  }
});

// Each pair of the smart encoding by itself, switched on and off, then all that agree at once.
const pairs = Object.entries(SMART);
const both = pairs.flatMap(([ch]) => [true, false].map((smart) => ({ text: `a${ch}b`, smart })));
const repaired = (await ask(both.map((question) => JSON.stringify(question)))).trimEnd().split("\n");
const smartCounts = new Map();
const agreed = [];
pairs.forEach(([ch, theirs], at) => {
  const [on, off] = [0, 1].map((which) => JSON.parse(repaired[2 * at + which]).text);
  const fail = (problem, found) =>
    failures.push({ peer: "sms-segments-calculator", problem, text: `a${ch}b`, ours: found, theirs });
  if (off !== `a${ch}b`) fail("changed without being asked", off);
  if (new SegmentedMessage(`a${ch}b`, "auto", true).graphemes.join("") !== `a${theirs}b`) {
    // An accent joins the letter before it, which the peer's table does not know as one.
    if (!/\p{M}/u.test(ch)) fail("the peer's own pair", theirs);
  }
  if (on === `a${theirs}b`) {
    agreed.push([ch, theirs]);
    return;
  }
  const reason = Object.entries(SMART_REASONS).find(([, [holds]]) => holds(ch, theirs));
  const expected = reason?.[1][1](ch);
  // Hark composes an accent with its letter where that makes the text cheaper.
  const fits = [`a${expected}b`, `a${expected}b`.normalize("NFC")].includes(on);
  if (reason === undefined || !fits) fail("smart encoding", on);
  else smartCounts.set(reason[0], (smartCounts.get(reason[0]) ?? 0) + 1);
});
const joined = agreed.map(([ch]) => ch).join("a");
const together = JSON.parse(await ask([JSON.stringify({ text: joined, smart: true })])).text;
const expected = agreed.map(([, plain]) => plain).join("a");
if (together !== expected) {
  failures.push({ peer: "sms-segments-calculator", problem: "all pairs at once", text: joined, ours: together, theirs: expected });
}
if (pairs.length < 250 || agreed.length < 150) throw new Error(`${agreed.length} of ${pairs.length} pairs agree: is the table read?`);

console.log(`${asked.length} texts, seed ${options.seed}, of which ${fixtures.length} are split-sms's own vectors`);
for (const [name, count] of [...counts].sort()) {
  console.log(`  ${name.padEnd(42)} ${String(count).padStart(6)}  ${REASONS[name.split(": ")[1]]}`);
}
console.log(`${ROWS.length} rows and ${SPECIAL.length} special texts of the calculator's tests`);
console.log(`${pairs.length} pairs of smart encoding, of which ${agreed.length} agree`);
for (const [name, count] of smartCounts) {
  console.log(`  ${name.padEnd(42)} ${String(count).padStart(6)}  ${SMART_REASONS[name][2]}`);
}
if (failures.length > 0) {
  console.error(`${failures.length} differences without a reason; the first:`);
  for (const failure of failures.slice(0, 5)) console.error(JSON.stringify(failure));
  process.exit(1);
}
console.log("every difference has its reason");
