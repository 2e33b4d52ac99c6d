import { create } from 'zustand';
import type { Media } from '@/api/messages';
import { holds } from '@/api/session';
import { messageId } from '@/lib/id';
import { erase, read, write } from '@/lib/storage';

export interface Recipient {
  address: string;
  name: string;
  known: boolean;
}

/** A text to someone that has not been sent yet, as far as it has been written. */
export interface NewText {
  /** One id for all tries, also those after a crash: sent twice it is one text. */
  id: string;
  /** Typed for the recipient, before one is taken. */
  to: string;
  recipient: Recipient | null;
  name: string;
  inbox: string;
  body: string;
  media: Media[];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

function isNewText(value: unknown): value is NewText {
  return (
    isObject(value) &&
    ['id', 'to', 'name', 'inbox', 'body'].every((key) => typeof value[key] === 'string') &&
    Array.isArray(value.media) &&
    (value.recipient === null ||
      (isObject(value.recipient) &&
        typeof value.recipient.address === 'string' &&
        typeof value.recipient.name === 'string' &&
        typeof value.recipient.known === 'boolean'))
  );
}

const keyOf = (owner: string) => `hark.new-text.${owner}`;
const fresh = (): NewText => ({
  id: messageId(),
  to: '',
  recipient: null,
  name: '',
  inbox: '',
  body: '',
  media: [],
});

/** Whether anything is written that would be missed. */
export const worthKeeping = (text: NewText) =>
  text.to !== '' ||
  text.recipient !== null ||
  text.name !== '' ||
  text.body !== '' ||
  text.media.length > 0;

interface NewTexts {
  by: Record<string, NewText>;
  /** Takes over what this browser kept, or begins anew. */
  begin: (owner: string) => void;
  change: (owner: string, change: Partial<NewText> | ((now: NewText) => Partial<NewText>)) => void;
  /** Sent or thrown away. */
  end: (owner: string) => void;
}

/**
 * What is written in the dialog, kept in this browser at each change. The owner is a member in a
 * workspace: who signs in after them on the same machine must not find their words.
 */
export const useNewTexts = create<NewTexts>((set, get) => {
  const of = (owner: string) => get().by[owner] ?? read(keyOf(owner), isNewText) ?? fresh();
  const put = (owner: string, text: NewText) =>
    set((state) => ({ by: { ...state.by, [owner]: text } }));
  return {
    by: {},
    begin: (owner) => put(owner, of(owner)),
    change: (owner, change) => {
      const before = of(owner);
      const after = { ...before, ...(typeof change === 'function' ? change(before) : change) };
      put(owner, after);
      if (worthKeeping(after)) write(keyOf(owner), after);
      else erase(keyOf(owner));
    },
    end: (owner) => {
      erase(keyOf(owner));
      put(owner, fresh());
    },
  };
});

holds({ forget: () => useNewTexts.setState({ by: {} }) });
