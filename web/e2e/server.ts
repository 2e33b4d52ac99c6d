import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const BINARY = process.env.HARK_BIN ?? join(import.meta.dirname, '../../target/debug/hark');
const STORE = process.env.HARK_E2E_STORE ?? 'sqlite';
const POSTGRES = process.env.HARK_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const START_MS = 30_000;

export interface Server {
  url: string;
  /** The process as the system counts it. */
  pid: number;
  /** The one-time code printed at start. */
  code: string;
  stop: () => Promise<void>;
  /** Kills the process, as a power cut would; the data stays. */
  kill: () => Promise<void>;
  /** Moves the clock of a rehearsal on to an instant. */
  clock: (to: Date) => void;
  /** Starts it again on the same address and data. */
  restart: () => Promise<void>;
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
export async function startServer(more: readonly string[] = []): Promise<Server> {
  const data = mkdtempSync(join(tmpdir(), 'hark-e2e-'));
  const database = makeDatabase();
  const serve = (listen: string) =>
    spawn(BINARY, ['serve', '--data', data, '--listen', listen, ...database.args, ...more], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  let child = serve('127.0.0.1:0');
  const stop = async () => {
    await end(child, 'SIGTERM');
    rmSync(data, { recursive: true, force: true });
    database.drop();
  };
  try {
    const { url, code } = await printed(child, 'first');
    return {
      url,
      pid: child.pid ?? 0,
      code,
      stop,
      kill: () => end(child, 'SIGKILL'),
      clock: (to) => {
        execFileSync(BINARY, ['clock', to.toISOString(), '--data', data], { stdio: 'pipe' });
      },
      restart: async () => {
        child = serve(new URL(url).host);
        await printed(child, 'again');
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What it prints at start. Only the first start has a set-up code to give. */
function printed(
  child: ChildProcess,
  start: 'first' | 'again',
): Promise<{ url: string; code: string }> {
  return new Promise((resolve, reject) => {
    let out = '';
    let log = '';
    const fail = (why: string) =>
      reject(new Error(`hark did not start: ${why}\n${out}\n${log.slice(-4000)}`));
    const timer = setTimeout(() => fail('said nothing in time'), START_MS);
    child.once('error', (error) => fail(error.message));
    child.once('exit', (status) => fail(`exit ${status}`));
    child.stderr?.on('data', (bytes: Buffer) => {
      log += bytes.toString();
    });
    child.stdout?.on('data', (bytes: Buffer) => {
      out += bytes.toString();
      const url = /listens at (http:\/\/\S+)/.exec(out)?.[1];
      const code = start === 'again' ? '' : /Set-up code: (\S+)/.exec(out)?.[1];
      if (!url || code === undefined) return;
      clearTimeout(timer);
      child.removeAllListeners('exit');
      resolve({ url, code });
    });
  });
}

async function end(child: ChildProcess, signal: NodeJS.Signals) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await gone;
  clearTimeout(timer);
}
