import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const WEB = join(import.meta.dirname, '..');
const SRC = join(WEB, 'src');

const sources = readdirSync(SRC, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
  .map((entry) => {
    const path = join(entry.parentPath, entry.name);
    return { path: relative(SRC, path), text: readFileSync(path, 'utf8') };
  });

/** Modules a file names, ours as paths below src. */
function importsOf({ path, text }: { path: string; text: string }): string[] {
  const found = text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g);
  return [...found].map(([, name = '']) => {
    if (name.startsWith('@/')) return name.slice(2);
    if (name.startsWith('.')) return join(path, '..', name);
    return name;
  });
}

const layerOf = (path: string) => path.split('/')[0] ?? '';
/** A file may use its own layer's rank or lower; words and the three bottom layers stand together. */
const RANK: Record<string, number> = { ui: 0, lib: 0, api: 0, i18n: 0, features: 1, routes: 2 };

describe('the shape of web/src', () => {
  it('finds the sources', () => {
    expect(sources.length).toBeGreaterThan(60);
  });

  it('imports run ui, lib, api → features → routes', () => {
    const wrong = sources.flatMap((file) => {
      const own = RANK[layerOf(file.path)] ?? 3;
      return importsOf(file)
        .filter((name) => (RANK[layerOf(name)] ?? -1) > own)
        .map((name) => `${file.path} imports ${name}`);
    });
    expect(wrong).toEqual([]);
  });

  it('features do not import features; routes put them together', () => {
    const wrong = sources
      .filter((file) => file.path.startsWith('features/'))
      .flatMap((file) =>
        importsOf(file)
          .filter(
            (name) =>
              name.startsWith('features/') && name.split('/')[1] !== file.path.split('/')[1],
          )
          .map((name) => `${file.path} imports ${name}`),
      );
    expect(wrong).toEqual([]);
  });

  it('ui knows neither router nor data', () => {
    const wrong = sources
      .filter((file) => file.path.startsWith('ui/'))
      .flatMap((file) =>
        importsOf(file)
          .filter((name) => /^(api\/|@tanstack\/)/.test(name))
          .map((name) => `${file.path} imports ${name}`),
      );
    expect(wrong).toEqual([]);
  });

  it('only ui/ imports @base-ui', () => {
    const wrong = sources.filter(
      (file) =>
        !file.path.startsWith('ui/') && importsOf(file).some((name) => name.startsWith('@base-ui')),
    );
    expect(wrong.map((file) => file.path)).toEqual([]);
  });

  it('only api/ does input and output', () => {
    const wrong = sources.filter(
      (file) =>
        !file.path.startsWith('api/') &&
        /\bfetch\(|new (EventSource|XMLHttpRequest|WebSocket)\b/.test(file.text),
    );
    expect(wrong.map((file) => file.path)).toEqual([]);
  });

  it('names no provider: capabilities and schemas drive the forms', () => {
    const names = /twilio|telnyx|vonage|plivo|bandwidth|sinch|infobip/i;
    const wrong = sources.filter(
      (file) => !file.path.endsWith('schema.gen.ts') && names.test(file.text),
    );
    expect(wrong.map((file) => file.path)).toEqual([]);
  });

  it('has no file above 500 lines that is written by hand, tables apart', () => {
    const tables = ['api/schema.gen.ts', 'i18n/en.ts'];
    const long = sources.filter(
      (file) => !tables.includes(file.path) && file.text.split('\n').length > 500,
    );
    expect(long.map((file) => file.path)).toEqual([]);
  });

  it('writes no style attribute that the policy would refuse, no eval', () => {
    const wrong = sources.filter((file) =>
      /dangerouslySetInnerHTML|\beval\(|new Function\(/.test(file.text),
    );
    expect(wrong.map((file) => file.path)).toEqual([]);
    const html = readFileSync(join(WEB, 'index.html'), 'utf8');
    expect(html).not.toMatch(/\sstyle=|<style|<script>(?!<)/);
  });

  it('keeps the lock free of download addresses', () => {
    const lock: { packages: Record<string, { resolved?: string }> } = JSON.parse(
      readFileSync(join(WEB, 'package-lock.json'), 'utf8'),
    );
    const resolved = Object.entries(lock.packages).filter(([, entry]) =>
      entry.resolved?.includes('://'),
    );
    expect(resolved.map(([name]) => name)).toEqual([]);
  });
});
