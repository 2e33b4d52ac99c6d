// Wireshark's decoder on the wire between Hark and the centre.

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pause } from "../twilio/server.mjs";
import { equal } from "./texts.mjs";

const SUBMIT = 0x04;
const DELIVER = 0x05;

export class Wiretap {
  /** Begins to listen; one that hears nothing where tshark is missing or may not. */
  static async on(port) {
    const tap = new Wiretap();
    tap.port = port;
    if (spawnSync("tshark", ["--version"], { stdio: "ignore" }).status !== 0) {
      console.log("wiretap: skipped, there is no tshark here");
      return tap;
    }
    tap.folder = mkdtempSync(join(tmpdir(), "hark-peer-tap-"));
    tap.file = join(tap.folder, "wire.pcapng");
    const wish = ["-q", "-B", "64", "-i", "lo", "-f", `tcp port ${port}`, "-w", tap.file];
    tap.child = spawn("tshark", wish, { stdio: ["ignore", "ignore", "pipe"] });
    tap.listening = new Promise((done) => {
      let heard = "";
      tap.child.stderr.on("data", (chunk) => {
        heard += chunk;
        if (heard.includes("Capturing on")) done(true);
      });
      tap.child.on("exit", () => done(false));
    });
    tap.heard = await tap.listening;
    if (!tap.heard) console.log("wiretap: skipped, tshark may not listen here");
    // It says so a moment before it does.
    await pause(700);
    return tap;
  }

  /** What was decoded is what the centre counted, and nothing in it is malformed. */
  async check(centre, texts) {
    if (!this.heard) return;
    await pause(500);
    const ended = new Promise((done) => this.child.on("exit", done));
    this.child.kill("SIGINT");
    await ended;
    const fields = ["smpp.command_id", "smpp.regdel.receipt", "_ws.malformed"];
    const wish = ["-r", this.file, "-d", `tcp.port==${this.port},smpp`, "-Y", "smpp", "-T", "fields", "-E", "separator=|", ...fields.flatMap((field) => ["-e", field])];
    const read = spawnSync("tshark", wish, { encoding: "utf8", maxBuffer: 1 << 28 });
    rmSync(this.folder, { recursive: true });
    if (read.status !== 0) throw new Error(`tshark: ${read.stderr}`);
    const rows = read.stdout.trim().split("\n").map((row) => row.split("|"));
    const commands = rows.flatMap(([ids]) => ids.split(",").map(Number));
    const many = (id) => commands.filter((one) => one === id).length;
    equal(rows.filter((row) => row[2]).length, 0, "malformed units");
    equal(many(SUBMIT), centre.accepted.length + centre.throttled, "submits on the wire");
    equal(many(SUBMIT + 0x80000000), centre.accepted.length + centre.throttled, "answers on the wire");
    // Every submit, and nothing else here, asks for a receipt, and for nothing more than that.
    const asked = rows.flatMap((row) => row[1].split(",")).filter((wish) => Number(wish) !== 0);
    equal(asked.length, many(SUBMIT), "receipts asked for");
    equal(asked.every((wish) => Number(wish) === 1), true, "receipts asked for by their one bit");
    if (many(DELIVER) < texts + centre.ids.size) throw new Error("too few deliveries on the wire");
    equal(many(DELIVER + 0x80000000), many(DELIVER), "answers of ours on the wire");
    console.log(`  tshark decoded ${commands.length} units, none malformed`);
  }
}
