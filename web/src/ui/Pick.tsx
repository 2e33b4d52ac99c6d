import { Autocomplete } from '@base-ui/react/autocomplete';
import type { LucideIcon } from 'lucide-react';
import { cn } from '@/lib/cn';
import { Kbd } from './Kbd';

export interface PickItem {
  id: string;
  label: string;
  hint?: string | undefined;
  keys?: string | undefined;
  icon?: LucideIcon | undefined;
  /** More words that find it. */
  also?: string | undefined;
}

export interface PickGroup {
  label: string;
  items: PickItem[];
}

/**
 * A field with a list under it, inside a dialog: arrows move, Enter takes. `filtered` turns off our own
 * matching when the caller computed the list from the words typed.
 */
export function Pick({
  label,
  placeholder,
  groups,
  query,
  onQuery,
  onPick,
  empty,
  filtered = false,
}: {
  label: string;
  placeholder: string;
  groups: PickGroup[];
  query: string;
  onQuery: (query: string) => void;
  onPick: (item: PickItem) => void;
  empty: string;
  filtered?: boolean;
}) {
  const shown = filtered ? groups : filterGroups(groups, query);
  // Where some have an icon, the names of those without stand in line with the rest.
  const icons = shown.some((group) => group.items.some((item) => item.icon));
  const items = shown.map((group) => ({ value: group.label, items: group.items }));
  return (
    <Autocomplete.Root
      inline
      open
      items={items}
      filter={null}
      autoHighlight="always"
      keepHighlight
      value={query}
      onValueChange={(value, details) => {
        // Taking an item would write its name into the field; the field holds the question only.
        if (details.reason !== 'item-press') onQuery(value);
      }}
      itemToStringValue={(item: PickItem) => item.label}
    >
      <Autocomplete.Input
        aria-label={label}
        placeholder={placeholder}
        autoFocus
        className="h-11 w-full border-line border-b bg-transparent px-4 text-title outline-none max-md:h-12 max-md:text-[16px]"
      />
      <Autocomplete.Empty>
        <div className="px-4 py-8 text-center text-muted empty:hidden">
          {shown.length === 0 ? empty : null}
        </div>
      </Autocomplete.Empty>
      <Autocomplete.List className="max-h-[min(420px,56vh)] overflow-y-auto p-1.5 empty:hidden">
        {(group: { value: string; items: PickItem[] }) => (
          <Autocomplete.Group key={group.value} items={group.items}>
            {group.value ? (
              <Autocomplete.GroupLabel className="px-2.5 pt-2 pb-1 font-medium text-faint text-meta">
                {group.value}
              </Autocomplete.GroupLabel>
            ) : null}
            <Autocomplete.Collection>
              {(item: PickItem) => (
                <Autocomplete.Item
                  key={item.id}
                  value={item}
                  onClick={() => onPick(item)}
                  className={cn(
                    'flex min-h-9 cursor-default select-none items-center gap-2.5 rounded-control px-2.5 data-[highlighted]:bg-accent-soft max-md:min-h-11',
                  )}
                >
                  {item.icon ? (
                    <item.icon
                      aria-hidden
                      className="size-4 shrink-0 text-muted"
                      strokeWidth={1.75}
                    />
                  ) : icons ? (
                    <span aria-hidden className="size-4 shrink-0" />
                  ) : null}
                  <span className="min-w-0 flex-1 truncate">{item.label}</span>
                  {item.hint ? (
                    <span className="shrink-0 text-label text-muted">{item.hint}</span>
                  ) : null}
                  {item.keys ? <Kbd keys={item.keys} /> : null}
                </Autocomplete.Item>
              )}
            </Autocomplete.Collection>
          </Autocomplete.Group>
        )}
      </Autocomplete.List>
    </Autocomplete.Root>
  );
}

/** Every word must be found somewhere in the item; items that start with the question come first. */
export function filterGroups(groups: PickGroup[], query: string): PickGroup[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return groups.filter((group) => group.items.length > 0);
  const start = words[0] ?? '';
  return groups
    .map((group) => ({
      ...group,
      items: group.items
        .filter((item) => {
          const text = `${item.label} ${item.hint ?? ''} ${item.also ?? ''}`.toLowerCase();
          return words.every((word) => text.includes(word));
        })
        .sort(
          (a, b) =>
            Number(b.label.toLowerCase().startsWith(start)) -
            Number(a.label.toLowerCase().startsWith(start)),
        ),
    }))
    .filter((group) => group.items.length > 0);
}
