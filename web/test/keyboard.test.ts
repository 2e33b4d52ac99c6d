import { beforeEach, describe, expect, it, vi } from 'vitest';
import { bindings } from '@/lib/bindings';
import { type Command, useRegistry } from '@/lib/commands';
import { KEY_CATALOGUE } from '@/lib/key-catalogue';
import { handleKey } from '@/lib/keyboard';

function offer(...commands: Partial<Command>[]) {
  useRegistry.setState({ commands: new Map() });
  useRegistry.getState().add(
    commands.map((command, at) => ({
      id: `c${at}`,
      label: '',
      group: '',
      run: () => {},
      ...command,
    })),
  );
}

/** One press; two presses of a sequence come in the same moment. */
function press(key: string, options: KeyboardEventInit & { on?: HTMLElement } = {}) {
  const { on = document.body, ...init } = options;
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init });
  Object.defineProperty(event, 'target', { value: on });
  Object.defineProperty(event, 'timeStamp', { value: 1000 });
  return handleKey(event);
}

beforeEach(() => {
  bindings.getState().reset();
  document.body.innerHTML = '';
  offer();
  press('Escape');
});

describe('keys', () => {
  it('runs a single key', () => {
    const run = vi.fn();
    offer({ keys: 'e', run });
    expect(press('e')).toBe(true);
    expect(run).toHaveBeenCalledOnce();
  });

  it('never fires a single key in a text field, but sends with Ctrl Enter', () => {
    const close = vi.fn();
    const send = vi.fn();
    offer({ keys: 'e', run: close }, { keys: 'mod+enter', inText: true, run: send });
    const field = document.createElement('textarea');
    expect(press('e', { on: field })).toBe(false);
    expect(press('Enter', { on: field, ctrlKey: true })).toBe(true);
    expect(close).not.toHaveBeenCalled();
    expect(send).toHaveBeenCalledOnce();
  });

  it('leaves undo to the text while in a field', () => {
    const run = vi.fn();
    offer({ keys: 'mod+z', run });
    press('z', { on: document.createElement('textarea'), ctrlKey: true });
    expect(run).not.toHaveBeenCalled();
    press('z', { ctrlKey: true });
    expect(run).toHaveBeenCalledOnce();
  });

  it('knows two keys in a row, and forgets the first after another key', () => {
    const go = vi.fn();
    offer({ keys: 'g i', run: go });
    press('g');
    press('i');
    expect(go).toHaveBeenCalledOnce();
    press('g');
    press('x');
    press('i');
    expect(go).toHaveBeenCalledOnce();
  });

  it('tells Shift E from E', () => {
    const close = vi.fn();
    const reopen = vi.fn();
    offer({ keys: 'e', run: close }, { keys: 'shift+e', run: reopen });
    press('E', { shiftKey: true });
    expect(reopen).toHaveBeenCalledOnce();
    expect(close).not.toHaveBeenCalled();
  });

  it('finds letters by their place on other alphabets', () => {
    const run = vi.fn();
    offer({ keys: 'j', run });
    press('о', { code: 'KeyJ' });
    expect(run).toHaveBeenCalledOnce();
  });

  it('obeys a changed and a dropped binding', () => {
    const run = vi.fn();
    offer({ id: 'x', keys: 'e', run });
    bindings.getState().bind('x', 'q');
    press('e');
    expect(run).not.toHaveBeenCalled();
    press('q');
    expect(run).toHaveBeenCalledOnce();
    bindings.getState().bind('x', null);
    press('q');
    expect(run).toHaveBeenCalledOnce();
  });

  it('rests behind a dialog', () => {
    const run = vi.fn();
    offer({ keys: 'e', run });
    const dialog = document.createElement('div');
    dialog.setAttribute('role', 'dialog');
    const button = document.createElement('button');
    dialog.append(button);
    press('e', { on: button });
    expect(run).not.toHaveBeenCalled();
  });

  it('asks when() first', () => {
    const run = vi.fn();
    offer({ keys: 'e', when: () => false, run });
    expect(press('e')).toBe(false);
    expect(run).not.toHaveBeenCalled();
  });
});

describe('the catalogue of keys', () => {
  it('gives no key twice and takes none from the browser', () => {
    const keys = KEY_CATALOGUE.map((item) => item.keys);
    expect(new Set(keys).size).toBe(keys.length);
    for (const taken of ['mod+f', 'mod+p', 'mod+a', 'mod+t', 'mod+w', 'mod+n', 'f6'])
      expect(keys).not.toContain(taken);
  });
});
