// Checks Hark's SMPP client against a centre of somebody else's making: npm's smpp.
//
//   node peers/smpp.mjs [--count 1000]
//
// A driver built on the crate (crates/smpp/examples/drive.rs) submits texts and takes what comes in;
// the centre keeps its own account of both. The two must agree: every text once, none twice, and
// what is missing only where the driver called it ambiguous. Where tshark is there, and may listen,
// it decodes the wire, too.

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Wiretap } from "./smpp/wiretap.mjs";
import { Centre } from "./smpp/centre.mjs";
import { equal, textOf, wholeTexts } from "./smpp/texts.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const at = process.argv.indexOf("--count");
const count = at > 0 ? Number(process.argv[at + 1]) : 1000;

// Built as the server beside it was, so that what they share is built once.
const profile = /[\\/]release[\\/]/.test(process.env.HARK_BIN ?? "") ? "release" : "debug";
const build = ["build", "--quiet", "-p", "smpp", "--example", "drive", ...(profile === "release" ? ["--release"] : [])];
execFileSync("cargo", build, { cwd: root, stdio: "inherit" });
const target = JSON.parse(execFileSync("cargo", ["metadata", "--format-version", "1", "--no-deps"], { cwd: root, maxBuffer: 1 << 26 })).target_directory;

/** Runs the driver with a wish; gives its account of what happened. */
function drive(wish) {
  return new Promise((done, fail) => {
    const child = spawn(join(target, profile, "examples/drive"), { stdio: ["pipe", "pipe", "inherit"] });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.on("error", fail);
    child.on("exit", (code) => (code === 0 ? done(JSON.parse(output.trim().split("\n").pop())) : fail(new Error(`the driver ended with ${code}`))));
    child.stdin.end(JSON.stringify(wish));
  });
}

/** Texts of ours arrived as they were, by the centre's own reading of them. */
function nothingLostOrDoubled(told, centre, texts, { ambiguous = 0 } = {}) {
  equal(told.refused.length, 0, `refused (${JSON.stringify(told.refused.slice(0, 3))})`);
  equal(told.taken.length + told.ambiguous.length, texts.length, "texts accounted for");
  if (ambiguous === 0) equal(told.ambiguous.length, 0, `ambiguous (${JSON.stringify(told.ambiguous.slice(0, 3))})`);
  const arrived = wholeTexts(centre.accepted);
  for (const [number, ids] of told.taken) {
    const found = arrived.get(number) ?? [];
    equal(found.length, 1, `times text ${number} arrived`);
    equal(found[0].body, texts[number], `text ${number}`);
    equal([...ids].sort().join(), found[0].ids.sort().join(), `ids of text ${number}`);
  }
  const unsure = new Set(told.ambiguous.map(([number]) => number));
  for (const [number, found] of arrived) {
    if (found.length > 1) throw new Error(`text ${number} arrived ${found.length} times`);
    if (!told.taken.some(([taken]) => taken === number) && !unsure.has(number)) throw new Error(`text ${number} arrived unasked`);
  }
}

/** What the phones wrote came in once each, as it was written. */
function allCameIn(told, sent) {
  const written = sent.map(({ from, body }) => `${from} ${body}`).sort();
  const read = told.texts.map(({ from, body, missing }) => `${from.slice(1)} ${body}${missing.length > 0 ? " (incomplete)" : ""}`).sort();
  equal(read.length, written.length, "texts that came in");
  written.forEach((text, index) => equal(read[index], text, "a text that came in"));
}

/** Every receipt was matched to an id of the answer, in either dialect and notation. */
function receiptsMatch(told, centre) {
  const ids = new Map();
  for (const receipt of told.receipts) {
    const id = receipt.candidates.find((candidate) => centre.ids.has(candidate));
    if (id === undefined) throw new Error(`a receipt nobody can match: ${JSON.stringify(receipt)}`);
    equal(receipt.state, centre.ids.get(id), `the state of ${id}`);
    ids.set(id, (ids.get(id) ?? 0) + 1);
  }
  equal(ids.size, centre.ids.size, "ids with a receipt");
}

const number = (from, to) => Array.from({ length: to - from }, (_, index) => index + from);
const ours = (many) => number(0, many).map(textOf);
const phones = (many) => number(0, many).map((index) => ({ from: `1666${String(index).padStart(7, "0")}`, body: textOf(index), shape: ["header", "sar", "payload"][index % 3] }));

let failures = 0;
async function part(name, settings, run) {
  const centre = await Centre.open(settings);
  try {
    await run(centre, { port: centre.port, seed: 7 });
    console.log(`${name}: ok`);
  } catch (error) {
    failures += 1;
    console.error(`${name}: FAILED\n${error.stack ?? error}`);
  } finally {
    await centre.close();
  }
}

await part(`${count} texts both ways, over two connections, with *too much* now and then`, { throttleEvery: 61, receipts: true }, async (centre, wish) => {
  const tap = await Wiretap.on(centre.port);
  const texts = ours(count);
  const written = phones(count);
  centre.sendWhenBound(written);
  const told = await drive({ ...wish, texts, binds: ["transceiver", "transceiver"], expect_texts: count, throttle_ms: 10, throttle_most_ms: 40, id_form: "hex_then_decimal" });
  nothingLostOrDoubled(told, centre, texts);
  allCameIn(told, written);
  receiptsMatch(told, centre);
  equal(centre.refusedDeliveries, 0, "texts to us that were refused");
  // Those were offered again, first parts by the driver, later ones by the client itself.
  if (count >= 100 && centre.throttled === 0) throw new Error("nothing was throttled");
  equal(centre.unbinds, 2, "farewells");
  await tap.check(centre, written.length);
});

await part("connections cut with texts on the wire", { cutEvery: 150, cutsMax: 5 }, async (centre, wish) => {
  const many = Math.max(count, 1000);
  const texts = ours(many);
  const told = await drive({ ...wish, texts, window: 20, binds: ["transceiver", "transceiver"] });
  equal(centre.cuts, 5, "cuts");
  nothingLostOrDoubled(told, centre, texts, { ambiguous: 1 });
  // Cut before the answers of at most two windows, each time.
  if (told.ambiguous.length === 0 || told.ambiguous.length > 5 * 20) throw new Error(`${told.ambiguous.length} ambiguous`);
  console.log(`  ${told.ambiguous.length} of ${many} ambiguous, of which ${told.ambiguous.filter(([one]) => wholeTexts(centre.accepted).has(one)).length} had arrived`);
});

await part("answers that do not come, and come late", { lateEvery: 50, lateMs: 600 }, async (centre, wish) => {
  const texts = ours(200);
  const told = await drive({ ...wish, texts, answer_ms: 300, window: 50, idle_ms: 1000 });
  nothingLostOrDoubled(told, centre, texts, { ambiguous: 1 });
  if (told.ambiguous.length === 0) throw new Error("none was late");
  // A text of several parts stops at the late one, so each ambiguous text has one late answer.
  equal(told.settled.map(({ number }) => number).sort().join(), told.ambiguous.map(([number]) => number).sort().join(), "settled");
});

for (const [name, wish] of [
  ["long texts by parameters", { long: "sar" }],
  ["long texts as a payload", { long: "payload" }],
  ["packed septets", { packed: true }],
]) {
  await part(name, { packed: wish.packed }, async (centre, base) => {
    const texts = ours(60);
    const told = await drive({ ...base, ...wish, texts, idle_ms: 500 });
    nothingLostOrDoubled(told, centre, texts);
  });
}

await part("one connection each way", { receipts: true }, async (centre, wish) => {
  const texts = ours(60);
  const written = phones(60);
  centre.sendWhenBound(written);
  const told = await drive({ ...wish, texts, binds: ["transmitter", "receiver"], expect_texts: 60, id_form: "hex_then_decimal" });
  nothingLostOrDoubled(told, centre, texts);
  allCameIn(told, written);
  receiptsMatch(told, centre);
});

await part("a wrong password", {}, async (_, wish) => {
  const told = await drive({ ...wish, password: "wrong", texts: ["x"], idle_ms: 100 });
  equal(told.refused.map(([, code]) => code).join(), "0x000e", "the code");
  equal(told.states, "[Refused(14)]", "states");
});

const folder = mkdtempSync(join(tmpdir(), "hark-peer-smpp-"));
const [keyFile, certFile] = [join(folder, "key.pem"), join(folder, "cert.pem")];
const asked = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
const name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"];
execFileSync("openssl", [...asked, "-keyout", keyFile, "-out", certFile, ...name], { stdio: "ignore" });
const pair = { key: readFileSync(keyFile), cert: readFileSync(certFile) };
const others = ["-keyout", keyFile, "-out", certFile, ...name];
execFileSync("openssl", [...asked, ...others], { stdio: "ignore" });
const stranger = readFileSync(certFile, "utf8");
rmSync(folder, { recursive: true });

await part("a secret connection", pair, async (centre, wish) => {
  const texts = ours(60);
  const told = await drive({ ...wish, texts, authority: String(pair.cert), idle_ms: 500 });
  nothingLostOrDoubled(told, centre, texts);
});
await part("a certificate nobody vouches for", pair, async (centre, wish) => {
  const told = await drive({ ...wish, texts: [], authority: stranger, linger_ms: 500 });
  equal(centre.binds, 0, "log-ins");
  if (!told.states.includes("the certificate is not trusted")) throw new Error(told.states);
});

process.exit(failures === 0 ? 0 : 1);
