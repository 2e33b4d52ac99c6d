import { bindings } from './bindings';
import { type Command, keysOf, useRegistry } from './commands';

/** How long a first key such as `g` waits for its second. */
const SEQUENCE_MS = 900;

const isMac = () => /Mac|iPhone|iPad/.test(navigator.platform);

/** True where letters are words and not commands. */
export function inTextField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLInputElement) {
    return !['checkbox', 'radio', 'button', 'submit', 'range', 'file'].includes(target.type);
  }
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** The chord of an event in our notation: `mod+enter`, `shift+e`, `?`. Null for a bare modifier. */
export function chordOf(event: KeyboardEvent): string | null {
  let key = event.key.toLowerCase();
  if (['shift', 'control', 'alt', 'meta', 'dead', 'unidentified'].includes(key)) return null;
  // A layout without Latin letters still has the keys where they lie.
  if (/^key[a-z]$/i.test(event.code) && key.length === 1 && !/[\x21-\x7e]/.test(key)) {
    key = event.code.slice(3).toLowerCase();
  }
  if (key === ' ') key = 'space';
  const mod = isMac() ? event.metaKey : event.ctrlKey;
  const parts: string[] = [];
  if (mod) parts.push('mod');
  if (event.altKey) parts.push('alt');
  // Signs such as ? need shift on some layouts and not on others; the sign itself is the key.
  if (event.shiftKey && (/^[a-z]$/.test(key) || key.length > 1)) parts.push('shift');
  return [...parts, key].join('+');
}

let pending: { chord: string; at: number } | null = null;

function matches(command: Command, keys: string): boolean {
  return (
    keysOf(command.id, command.keys, bindings.getState().own) === keys && (command.when?.() ?? true)
  );
}

/** Runs the command an event asks for. Returns true when one ran or a sequence began. */
export function handleKey(event: KeyboardEvent): boolean {
  if (
    event.defaultPrevented ||
    event.isComposing ||
    (event.repeat && event.key.length > 1 && !event.key.startsWith('Arrow'))
  ) {
    return false;
  }
  const chord = chordOf(event);
  if (!chord) return false;
  const typing = inTextField(event.target);
  const single = !chord.includes('mod+') && !chord.includes('alt+');
  const commands = [...useRegistry.getState().commands.values()].sort(
    (a, b) => Number(b.first ?? false) - Number(a.first ?? false),
  );
  // Inside an open dialog only its own keys count.
  const blocked =
    event.target instanceof HTMLElement &&
    event.target.closest('dialog,[role=dialog],[role=alertdialog],[role=menu]') !== null;

  const now = event.timeStamp;
  const before = pending && now - pending.at < SEQUENCE_MS ? pending.chord : null;
  pending = null;

  const tries = before ? [`${before} ${chord}`, chord] : [chord];
  for (const keys of tries) {
    const found = commands.find(
      (command) =>
        matches(command, keys) &&
        (!typing || command.inText || (!single && !isEditingChord(chord))) &&
        (!blocked || (command.inText && !single)),
    );
    if (found) {
      event.preventDefault();
      found.run();
      return true;
    }
  }
  if (typing || blocked) return false;
  const own = bindings.getState().own;
  if (commands.some((command) => keysOf(command.id, command.keys, own)?.startsWith(`${chord} `))) {
    pending = { chord, at: now };
    return true;
  }
  return false;
}

/** Chords that edit text: they stay the browser's inside a field. */
function isEditingChord(chord: string): boolean {
  return /^(mod\+)(shift\+)?(z|y|x|c|v|a|backspace|delete|arrow.+)$/.test(chord);
}

export function listenToKeys(): () => void {
  const listener = (event: KeyboardEvent) => {
    handleKey(event);
  };
  addEventListener('keydown', listener);
  return () => removeEventListener('keydown', listener);
}
