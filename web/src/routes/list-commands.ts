import { ArrowDown, ArrowUp, CheckSquare, PanelLeft } from 'lucide-react';
import { type RefObject, useCallback, useRef } from 'react';
import type { Conversation } from '@/api/conversations';
import { t } from '@/i18n/t';
import { useCommands } from '@/lib/commands';
import { useDesk } from '@/lib/desk';
import { toast } from '@/ui/Toasts';
import type { Selection } from './selection';

interface Options {
  openId: string | undefined;
  rows: RefObject<readonly Conversation[]>;
  go: (id: string | undefined, replace?: boolean) => void;
  selection: Selection;
  phone: boolean;
}

/** Walking the list with keys, and where to go when a conversation leaves the view. */
export function useListCommands({ openId, rows, go, selection, phone }: Options) {
  const toggleList = useDesk((desk) => desk.toggleList);

  const loading = useRef(true);
  const awaited = useRef(0);
  const at = useCallback(() => rows.current.findIndex((row) => row.id === openId), [rows, openId]);
  const step = useCallback(
    (by: number) => {
      const now = at();
      const next = now < 0 ? rows.current[0] : rows.current[now + by];
      awaited.current = !next && loading.current ? by : 0;
      if (next) go(next.id, openId !== undefined);
      return next !== undefined;
    },
    [at, rows, go, openId],
  );
  /** Rows are there, or are on their way. A step taken before them is taken now. */
  const arrive = useCallback(
    (stillLoading: boolean) => {
      loading.current = stillLoading;
      if (!stillLoading && awaited.current !== 0) step(awaited.current);
    },
    [step],
  );
  /** After closing: the one below, else the one above, else the empty desk; a phone goes to its list. */
  const leave = useCallback(() => {
    if (phone) {
      go(undefined);
      return;
    }
    const now = at();
    const next = rows.current[now + 1] ?? rows.current[now - 1];
    go(next?.id, true);
    if (!next) toast(t.inbox.caught_up);
  }, [phone, at, rows, go]);

  /** Takes the open one and its neighbour into the selection, and goes on to it. */
  const extend = (by: number) => {
    const now = at();
    const next = now < 0 ? rows.current[0] : rows.current[now + by];
    selection.add([rows.current[now], next].flatMap((row) => row?.id ?? []));
    if (next) go(next.id, openId !== undefined);
  };

  const focus = (id: string) => () => document.getElementById(id)?.focus();
  const group = t.groups.list;
  useCommands([
    {
      id: 'list.next',
      label: t.commands.next,
      group,
      icon: ArrowDown,
      run: () => void step(1),
    },
    {
      id: 'list.previous',
      label: t.commands.previous,
      group,
      icon: ArrowUp,
      run: () => void step(-1),
    },
    {
      id: 'list.down',
      label: t.commands.next,
      group,
      keys: 'arrowdown',
      quiet: true,
      when: () => document.activeElement === document.body,
      run: () => void step(1),
    },
    {
      id: 'list.up',
      label: t.commands.previous,
      group,
      keys: 'arrowup',
      quiet: true,
      when: () => document.activeElement === document.body,
      run: () => void step(-1),
    },
    {
      id: 'list.select',
      label: t.commands.select,
      group,
      icon: CheckSquare,
      run: () => {
        const id = openId ?? rows.current[0]?.id;
        if (id) selection.toggle(id);
      },
    },
    {
      id: 'list.extend-next',
      label: t.commands.extend_next,
      group,
      quiet: true,
      run: () => extend(1),
    },
    {
      id: 'list.extend-previous',
      label: t.commands.extend_previous,
      group,
      quiet: true,
      run: () => extend(-1),
    },
    { id: 'list.select-all', label: t.commands.select_all, group, run: selection.all },
    {
      id: 'list.close-selected',
      label: t.commands.close_selected,
      group,
      keys: 'e',
      first: true,
      when: () => selection.ids.size > 0,
      run: () => void selection.close(),
    },
    {
      id: 'desk.fold-list',
      label: t.commands.fold_list,
      group: t.groups.desk,
      icon: PanelLeft,
      run: toggleList,
    },
    {
      id: 'desk.focus-list',
      label: t.commands.focus_list,
      group: t.groups.desk,
      run: focus('conversation-list'),
    },
    {
      id: 'list.out',
      label: t.commands.out,
      group,
      inText: true,
      quiet: true,
      when: () => selection.ids.size > 0 || openId !== undefined,
      run: () => {
        const focused = document.activeElement;
        const list = document.getElementById('conversation-list');
        if (selection.ids.size > 0) selection.clear();
        else if (focused !== list && list && focused !== document.body) list.focus();
        else go(undefined);
      },
    },
  ]);
  return { leave, arrive };
}
