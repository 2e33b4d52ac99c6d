import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { MessageSquareText } from 'lucide-react';
import { useState } from 'react';
import { searchQuery } from '@/api/messages';
import { t } from '@/i18n/t';
import { bindings } from '@/lib/bindings';
import { keysOf, runCommand, useRegistry } from '@/lib/commands';
import { useDebounced } from '@/lib/hooks';
import { customerName } from '@/lib/phone';
import type { PickGroup } from '@/ui/Pick';
import { filterGroups } from '@/ui/Pick';
import { PickDialog } from '@/ui/PickDialog';

const FOUND_MAX = 6;

/** One door: every command there is now, and texts found by their words. */
export function Palette({
  open,
  onOpenChange,
  onOpenMessage,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onOpenMessage: (conversation: string, message: string) => void;
}) {
  const [query, setQuery] = useState('');
  const commands = useRegistry((state) => state.commands);
  const own = bindings((state) => state.own);
  const words = useDebounced(query, 150);
  const found = useQuery({ ...searchQuery(words), placeholderData: keepPreviousData });

  const groups = new Map<string, PickGroup>();
  for (const command of commands.values()) {
    if (command.quiet || !(command.when?.() ?? true)) continue;
    const group = groups.get(command.group) ?? { label: command.group, items: [] };
    group.items.push({
      id: command.id,
      label: command.label,
      keys: keysOf(command.id, command.keys, own),
      icon: command.icon,
    });
    groups.set(command.group, group);
  }
  const shown = filterGroups([...groups.values()], query);
  if (query.trim().length > 1 && found.data && found.data.items.length > 0) {
    shown.push({
      label: t.groups.found,
      items: found.data.items.slice(0, FOUND_MAX).map((hit) => ({
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
        const [kind, conversation, message] = item.id.split(':');
        // The dialog gives focus back first; the command may want it.
        requestAnimationFrame(() => {
          if (kind === 'found' && conversation && message) onOpenMessage(conversation, message);
          else runCommand(item.id);
        });
      }}
    />
  );
}
