import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { searchQuery } from '@/api/messages';
import type { Permission } from '@/api/session';
import { Palette } from '@/features/palette/Palette';
import { SETTINGS_GROUPS } from '@/features/settings/groups';
import { t } from '@/i18n/t';
import { useRegistry } from '@/lib/commands';
import { COMPLIANCE_GROUPS } from '@/routes/area-pages';
import { pageCommands } from '@/routes/page-commands';
import { filterGroups, Pick } from '@/ui/Pick';

afterEach(() => {
  cleanup();
  vi.useRealTimers();
  useRegistry.setState({ commands: new Map() });
});

const NOWHERE = { view: () => {}, sort: () => {}, settings: () => {}, compliance: () => {} };
const commands = (may: (permission: Permission) => boolean) => pageCommands(may, NOWHERE);
const everything = commands(() => true);
const found = (query: string) =>
  filterGroups([{ label: '', items: everything }], query).flatMap(({ items }) =>
    items.map(({ id }) => id),
  );

describe('what the palette leads to', () => {
  it.each([
    ['stop sending', 'go.settings.sending'],
    ['api key', 'go.settings.keys'],
    ['member', 'go.settings.members'],
    ['invite', 'go.settings.members'],
    ['demo', 'go.settings.demo'],
    ['audit', 'go.compliance.audit'],
    ['gdpr', 'go.compliance.erasure'],
    ['dark', 'go.settings.appearance'],
    ['snoozed', 'go.view.snoozed'],
    ['failed', 'go.view.failed'],
    ['sort', 'list.sort.oldest'],
    ['settings webhook', undefined],
  ])('%s finds %s', (query, id) => {
    if (id) expect(found(query)).toContain(id);
    else expect(found(query)).toEqual([]);
  });

  it('is every page of both areas, the stop switch first', () => {
    const pages = everything.filter(({ id }) => /^go\.(settings|compliance)\./.test(id));
    const names = [...SETTINGS_GROUPS, ...COMPLIANCE_GROUPS].flatMap(({ pages }) => [...pages]);
    expect(pages).toHaveLength(names.length);
    expect(everything.find(({ group }) => group === t.groups.settings)?.id).toBe(
      'go.settings.sending',
    );
  });

  it('leaves out what would only refuse', () => {
    const agent: readonly string[] = ['read', 'write', 'send', 'settings_read', 'sending_stop'];
    const ids = commands((permission) => agent.includes(permission)).map(({ id }) => id);
    for (const shut of ['settings.keys', 'compliance.audit', 'compliance.erasure']) {
      expect(ids).not.toContain(`go.${shut}`);
    }
    expect(ids).toContain('go.settings.sending');
    expect(ids).toContain('go.compliance.retention');
  });
});

describe('the palette', () => {
  const show = () => {
    vi.useFakeTimers();
    const client = new QueryClient({
      defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } },
    });
    const ava = {
      id: 'cus_1',
      name: 'Ava Chen',
      addresses: [{ address: '+14155550100' }],
      created_at: 1,
      last_at: 1,
    };
    client.setQueryData(searchQuery('ava', 6).queryKey, {
      customers: [ava],
      items: [],
      next_cursor: null,
    } as never);
    useRegistry.getState().add([
      {
        id: 'desk.theme',
        label: t.commands.theme,
        group: t.groups.desk,
        also: t.palette.also.theme,
        run: () => {},
      },
      ...everything,
    ]);
    const onOpenCustomer = vi.fn();
    render(
      <QueryClientProvider client={client}>
        <Palette
          open
          onOpenChange={() => {}}
          onOpenCustomer={onOpenCustomer}
          onOpenMessage={() => {}}
        />
      </QueryClientProvider>,
    );
    const type = (value: string) => {
      fireEvent.change(screen.getByRole('combobox'), { target: { value } });
      act(() => vi.advanceTimersByTime(200));
    };
    return { type, onOpenCustomer };
  };
  const names = () => screen.getAllByRole('option').map((option) => option.textContent);

  it('opens short and finds the rest by what is typed', () => {
    const { type } = show();
    expect(names()).toEqual([t.commands.theme]);
    type('dark');
    expect(names()).toEqual([t.commands.theme, t.settings.pages.appearance]);
  });

  it('finds a customer by name and leads to them', () => {
    const { type, onOpenCustomer } = show();
    type('ava');
    const option = screen.getByRole('option', { name: /Ava Chen/ });
    expect(option.textContent).toBe('Ava Chen(415) 555-0100');
    fireEvent.click(option);
    act(() => vi.advanceTimersByTime(50));
    expect(onOpenCustomer).toHaveBeenCalledWith('cus_1');
  });
});

describe('a list to pick from', () => {
  const icon = () => <svg />;
  const show = (items: { id: string; label: string; icon?: unknown }[]) =>
    render(
      <Pick
        label="Pick"
        placeholder=""
        groups={[{ label: '', items: items as never }]}
        query=""
        onQuery={() => {}}
        onPick={() => {}}
        empty=""
      />,
    );
  const lead = (name: string) => screen.getByRole('option', { name }).firstElementChild;

  it('keeps names in line where only some have an icon', () => {
    show([
      { id: 'a', label: 'With', icon },
      { id: 'b', label: 'Without' },
    ]);
    expect(lead('Without')?.className).toContain('size-4');
    expect(lead('Without')?.textContent).toBe('');
  });

  it('leaves no gap where none has', () => {
    show([{ id: 'b', label: 'Without' }]);
    expect(lead('Without')?.textContent).toBe('Without');
  });
});
