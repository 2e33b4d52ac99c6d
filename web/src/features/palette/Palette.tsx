import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { MessageSquareText, UserRound } from 'lucide-react';
import { useState } from 'react';
import { FIND_CHARS_MIN, searchQuery } from '@/api/messages';
import { t } from '@/i18n/t';
import { bindings } from '@/lib/bindings';
import { keysOf, runCommand, useRegistry } from '@/lib/commands';
import { useDebounced } from '@/lib/hooks';
import { customerName, formatAddress } from '@/lib/phone';
import type { PickGroup } from '@/ui/Pick';
import { filterGroups } from '@/ui/Pick';
import { PickDialog } from '@/ui/PickDialog';

const FOUND_MAX = 6;

/** One door: every command there is now, customers by name or number, texts by their words. */
export function Palette({
  open,
  onOpenChange,
  onOpenCustomer,
  onOpenMessage,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onOpenCustomer: (customer: string) => void;
  onOpenMessage: (conversation: string, message: string) => void;
}) {
  const [query, setQuery] = useState('');
  const commands = useRegistry((state) => state.commands);
  const own = bindings((state) => state.own);
  const words = useDebounced(query, 150);
  const { data } = useQuery({
    ...searchQuery(words, FOUND_MAX),
    placeholderData: keepPreviousData,
  });
  const typed = query.trim().length;
  const found = typed >= FIND_CHARS_MIN ? data : undefined;

  const groups = new Map<string, PickGroup>();
  for (const command of commands.values()) {
    if (command.quiet || (command.sought && typed === 0) || !(command.when?.() ?? true)) continue;
    const group = groups.get(command.group) ?? { label: command.group, items: [] };
    group.items.push({
      id: command.id,
      label: command.label,
      keys: keysOf(command.id, command.keys, own),
      icon: command.icon,
      also: command.also,
    });
    groups.set(command.group, group);
  }
  const shown = filterGroups([...groups.values()], query);
  if (found && found.customers.length > 0) {
    shown.push({
      label: t.groups.customers,
      items: found.customers.slice(0, FOUND_MAX).map((customer) => {
        const address = customer.addresses[0]?.address ?? '';
        return {
          id: `customer:${customer.id}`,
          label: customerName({ name: customer.name, address }),
          hint: customer.name.trim() ? formatAddress(address) : undefined,
          icon: UserRound,
        };
      }),
    });
  }
  if (found && found.items.length > 0) {
    shown.push({
      label: t.groups.found,
      items: found.items.map((hit) => ({
        id: `found:${hit.conversation_id}:${hit.message_id}`,
        label: hit.snippet.replace(/<[^>]*>/g, ''),
        hint: customerName(hit.customer),
        icon: MessageSquareText,
      })),
    });
  }

  return (
    <PickDialog
      open={open}
      onOpenChange={(next) => {
        if (!next) setQuery('');
        onOpenChange(next);
      }}
      label={t.palette.label}
      placeholder={t.palette.placeholder}
      empty={t.palette.empty}
      groups={shown}
      filtered
      query={query}
      onQuery={setQuery}
      onPick={(item) => {
        setQuery('');
        const [kind, id, message] = item.id.split(':');
        // The dialog gives focus back first; the command may want it.
        requestAnimationFrame(() => {
          if (kind === 'found' && id && message) onOpenMessage(id, message);
          else if (kind === 'customer' && id) onOpenCustomer(id);
          else runCommand(item.id);
        });
      }}
    />
  );
}
