const MAC = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform);

const NAMES: Record<string, string> = {
  mod: MAC ? '⌘' : 'Ctrl',
  shift: '⇧',
  alt: MAC ? '⌥' : 'Alt',
  enter: '↵',
  escape: 'Esc',
  arrowdown: '↓',
  arrowup: '↑',
};

/** The key caps of a binding: `mod+enter` → Ctrl, ↵; `g i` → G, I. */
export function keyLabel(keys: string): string[] {
  return keys
    .split(' ')
    .flatMap((chord) => chord.split('+'))
    .map((key) => NAMES[key] ?? key.toUpperCase());
}

/** The same in the form that `aria-keyshortcuts` asks for. */
export function ariaKeys(keys: string): string {
  return keys
    .split(' ')
    .map((chord) =>
      chord
        .split('+')
        .map((key) =>
          key === 'mod' ? (MAC ? 'Meta' : 'Control') : key.charAt(0).toUpperCase() + key.slice(1),
        )
        .join('+'),
    )
    .join(' ');
}
