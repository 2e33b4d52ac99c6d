import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BINARY = process.env.HARK_BIN ?? join(import.meta.dirname, '../../target/debug/hark');
const STORE = process.env.HARK_E2E_STORE ?? 'sqlite';
const POSTGRES = process.env.HARK_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const START_MS = 30_000;

export interface Server {
  url: string;
  /** The one-time code printed at start. */
  code: string;
  stop: () => Promise<void>;
}

/** A database of our own on the server under test, gone with the run. */
function makeDatabase(): { args: string[]; drop: () => void } {
  if (STORE !== 'postgres') return { args: [], drop: () => {} };
  const name = `hark_e2e_${process.pid}_${Date.now().toString(36)}_${Math.floor(Math.random() * 1e6)}`;
  const psql = (sql: string) =>
    execFileSync('psql', ['--no-psqlrc', '--quiet', '-d', POSTGRES, '-c', sql], { stdio: 'pipe' });
  psql(`create database "${name}"`);
  const url = new URL(POSTGRES);
  url.pathname = `/${name}`;
  return {
    args: ['--database', url.toString()],
    drop: () => psql(`drop database if exists "${name}" with (force)`),
  };
}

/** Starts the real binary on a free port with a store of its own and reads what it prints. */
export async function startServer(): Promise<Server> {
  const data = mkdtempSync(join(tmpdir(), 'hark-e2e-'));
  const database = makeDatabase();
  const child = spawn(
    BINARY,
    ['serve', '--data', data, '--listen', '127.0.0.1:0', ...database.args],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const stop = async () => {
    await end(child);
    rmSync(data, { recursive: true, force: true });
    database.drop();
  };
  try {
    const { url, code } = await printed(child);
    return { url, code, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function printed(child: ChildProcess): Promise<{ url: string; code: string }> {
  return new Promise((resolve, reject) => {
    let out = '';
    let log = '';
    const fail = (why: string) =>
      reject(new Error(`hark did not start: ${why}\n${out}\n${log.slice(-4000)}`));
    const timer = setTimeout(() => fail('no set-up code in time'), START_MS);
    child.once('error', (error) => fail(error.message));
    child.once('exit', (status) => fail(`exit ${status}`));
    child.stderr?.on('data', (bytes: Buffer) => {
      log += bytes.toString();
    });
    child.stdout?.on('data', (bytes: Buffer) => {
      out += bytes.toString();
      const url = /listens at (http:\/\/\S+)/.exec(out)?.[1];
      const code = /Set-up code: (\S+)/.exec(out)?.[1];
      if (!url || !code) return;
      clearTimeout(timer);
      child.removeAllListeners('exit');
      resolve({ url, code });
    });
  });
}

async function end(child: ChildProcess) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await gone;
  clearTimeout(timer);
}
