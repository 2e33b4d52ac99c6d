import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Watch, watchesQuery } from '@/api/settings';
import { Banners, SERVER_WATCHES } from '@/features/shell/Banners';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const HTTPS = 'Start Hark with --public-url https://… and a certificate.';
const SILENT = 'No text came in for hours.';

function show({ phone = false, operates = true, more = [] as Watch[] }) {
  vi.spyOn(window, 'matchMedia').mockImplementation(
    (query) =>
      ({
        matches: phone && query.includes('max-width: 767px'),
        addEventListener: () => {},
        removeEventListener: () => {},
      }) as unknown as MediaQueryList,
  );
  const client = new QueryClient({
    defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY, enabled: false } },
  });
  client.setQueryData(watchesQuery.queryKey, {
    items: [
      { code: 'public_url', detail: HTTPS, severity: 'warning', since: 1, ask: ['Dana'] },
      { code: 'inbound_silent', detail: SILENT, severity: 'warning', since: 1, ask: [] },
      ...more,
    ],
  });
  const { container } = render(
    <QueryClientProvider client={client}>
      <Banners operates={operates} onSettings={undefined} />
    </QueryClientProvider>,
  );
  return container;
}

describe('what the server lacks', () => {
  it('is told only to who runs it', () => {
    expect(show({}).textContent).toBe(HTTPS + SILENT);
    cleanup();
    expect(show({ operates: false }).textContent).toBe(SILENT);
  });

  it.each([
    [['Dana'], 'tell Dana.'],
    [['Dana', 'Sam'], 'tell Dana or Sam.'],
    [[], 'tell whoever runs this server.'],
  ])('is told to everybody where texts are at risk, with whom to ask: %j', (ask, tell) => {
    const detail = 'The disk is almost full: 1 GiB of 100 GiB are free. Free some space.';
    const full: Watch = { code: 'disk_low', detail, severity: 'critical', since: 1, ask };
    const plain = `The server’s disk is almost full, and soon texts may be refused: ${tell}`;
    expect(show({ operates: false, more: [full] }).textContent).toBe(SILENT + plain);
    cleanup();
    expect(show({ more: [full] }).textContent).toBe(HTTPS + SILENT + detail);
    cleanup();
    const mild: Watch = { ...full, severity: 'warning' };
    expect(show({ operates: false, more: [mild] }).textContent).toBe(SILENT);
  });

  it('has words for every watch of the server that may be critical', () => {
    const told = { severity: 'critical' as const, since: 1, ask: [], detail: '' };
    for (const code of SERVER_WATCHES) {
      const words = show({ operates: false, more: [{ ...told, code }] }).textContent;
      expect(words, code).toMatch(/: tell whoever runs this server\.$/);
      cleanup();
    }
  });

  it('keeps a flag that is to be typed in one piece', () => {
    show({});
    expect(screen.getByText('--public-url').className).toContain('whitespace-nowrap');
  });

  it('is named by codes that there are', () => {
    const file = join(import.meta.dirname, '../../crates/engine/src/watches/mod.rs');
    const codes = /CODES: &\[&str\] = &\[([^\]]*)/.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
    for (const code of SERVER_WATCHES) expect(codes).toContain(`"${code}"`);
    // The same as the server’s own, who names whom to ask.
    const theirs = /OF_SERVER: &\[&str\] = &\[([^\]]*)/.exec(readFileSync(file, 'utf8'))?.[1];
    expect([...(theirs ?? '').matchAll(/"(\w+)"/g)].map(([, code]) => code).sort()).toEqual(
      [...SERVER_WATCHES].sort(),
    );
  });
});

describe('banners on a phone', () => {
  it('are one line for all of them, until it is tapped', () => {
    show({ phone: true });
    const line = screen.getByRole('button', { expanded: false });
    expect(line.textContent).toBe(`${HTTPS}+1 more`);
    expect(line.querySelector('.truncate')).toBeTruthy();
    expect(screen.queryByText(SILENT)).toBeNull();

    fireEvent.click(line);
    expect(line.getAttribute('aria-expanded')).toBe('true');
    expect(line.querySelector('.truncate')).toBeNull();
    expect(screen.getByText(SILENT)).toBeTruthy();

    fireEvent.click(line);
    expect(screen.queryByText(SILENT)).toBeNull();
  });

  it('need no tap on a desk', () => {
    show({});
    expect(screen.queryByRole('button')).toBeNull();
    expect(screen.getByText(SILENT)).toBeTruthy();
  });
});
