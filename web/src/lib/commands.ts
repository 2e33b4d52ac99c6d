import type { LucideIcon } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { create } from 'zustand';
import { bindings } from './bindings';
import { KEY_CATALOGUE } from './key-catalogue';

/**
 * Everything a person can do is one of these. The palette, the tooltips and the list of keys are
 * drawn from them, so that nothing can be forgotten in one of the three.
 */
export interface Command {
  id: string;
  label: string;
  group: string;
  /** Only for twins of a command in the catalogue; the others get their key from there. */
  keys?: string;
  icon?: LucideIcon;
  /** Keys in a text field belong to the text, except for those that say so. */
  inText?: boolean;
  /** Tried before others on the same key. */
  first?: boolean;
  /** Not offered in the palette (plain movement, say). */
  quiet?: boolean;
  /** Offered in the palette only to whoever types for it: one of many that would bury the others. */
  sought?: boolean;
  /** More words that find it. */
  also?: string;
  when?: () => boolean;
  run: () => void;
}

const shipped = new Map<string, string>(KEY_CATALOGUE.map((item) => [item.id, item.keys]));

interface Registry {
  commands: ReadonlyMap<string, Command>;
  add: (commands: readonly Command[]) => void;
  drop: (ids: readonly string[]) => void;
}

export const useRegistry = create<Registry>((set) => ({
  commands: new Map(),
  add: (commands) =>
    set((state) => {
      const next = new Map(state.commands);
      for (const command of commands) next.set(command.id, command);
      return { commands: next };
    }),
  drop: (ids) =>
    set((state) => {
      const next = new Map(state.commands);
      for (const id of ids) next.delete(id);
      return { commands: next };
    }),
}));

/** Offers commands while the component is shown. Their bodies always see the newest render. */
export function useCommands(commands: readonly Command[]) {
  const latest = useRef(commands);
  latest.current = commands;
  const shape = commands.map((command) => `${command.id}:${command.label}`).join('|');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the shape stands for the list; bodies are read through the ref
  useEffect(() => {
    const find = (id: string) => latest.current.find((command) => command.id === id);
    useRegistry.getState().add(
      latest.current.map((command) => ({
        ...command,
        ...(shipped.get(command.id) ? { keys: shipped.get(command.id) } : {}),
        run: () => find(command.id)?.run(),
        when: () => find(command.id)?.when?.() ?? true,
      })),
    );
    const ids = latest.current.map((command) => command.id);
    return () => useRegistry.getState().drop(ids);
  }, [shape]);
}

/** The binding in force for a command: the person's own, or the one it ships with. */
export function keysOf(
  id: string,
  shipped: string | undefined,
  own: Record<string, string | null>,
) {
  return id in own ? (own[id] ?? undefined) : shipped;
}

export function useKeysOf(id: string): string | undefined {
  const shipped = useRegistry((state) => state.commands.get(id)?.keys);
  const own = bindings((state) => state.own);
  return keysOf(id, shipped, own);
}

export function runCommand(id: string): boolean {
  const command = useRegistry.getState().commands.get(id);
  if (!command || !(command.when?.() ?? true)) return false;
  command.run();
  return true;
}
