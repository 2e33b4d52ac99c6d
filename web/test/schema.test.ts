import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('src/api/schema.gen.ts is what openapi.json says', () => {
  const run = () =>
    execFileSync(process.execPath, [join(import.meta.dirname, '../scripts/gen.mjs'), '--check'], {
      stdio: 'pipe',
    });
  expect(run).not.toThrow();
}, 30_000);
