import { create } from 'zustand';
import { dropDraft, loadDraft, type Media, saveDraft } from '@/api/messages';
import { holds } from '@/api/session';
import { whose } from '@/api/unsent';
import { erase, eraseWhere, read, write } from '@/lib/storage';

/** How long typing rests before the server gets its copy. This browser's copy is written at once. */
const SAVE_MS = 1000;

export type Mode = 'text' | 'note';

export interface Draft {
  text: string;
  note: string;
  mode: Mode;
  media: Media[];
  /** Milliseconds; grows with each change, so a later word always wins over an earlier one. */
  revision: number;
}

export const EMPTY_DRAFT: Draft = { text: '', note: '', mode: 'text', media: [], revision: 0 };
/** Under the member in their workspace: who signs in after them must not find their words. */
const keyOf = (id: string) => `hark.draft.${whose()}.${id}`;

function isDraft(value: unknown): value is Draft {
  return (
    typeof value === 'object' &&
    value !== null &&
    'text' in value &&
    typeof value.text === 'string' &&
    'note' in value &&
    typeof value.note === 'string' &&
    'media' in value &&
    Array.isArray(value.media) &&
    'revision' in value &&
    typeof value.revision === 'number'
  );
}

interface Drafts {
  by: Record<string, Draft>;
  change: (id: string, change: Partial<Omit<Draft, 'revision'>>) => void;
}

export const useDrafts = create<Drafts>((set, get) => ({
  by: {},
  change: (id, change) => {
    const before = get().by[id] ?? stored(id) ?? EMPTY_DRAFT;
    const after = { ...before, ...change, revision: Math.max(Date.now(), before.revision + 1) };
    set((state) => ({ by: { ...state.by, [id]: after } }));
    // What was deleted stays known as such until the server's copy is gone, or that would come back.
    if (!isEmpty(after) || onServer.has(id)) write(keyOf(id), after);
    else erase(keyOf(id));
    if (after.text !== before.text) scheduleSave(id);
  },
}));

const isEmpty = (draft: Draft) => !(draft.text || draft.note || draft.media.length > 0);

const stored = (id: string) => read(keyOf(id), isDraft);

const timers = new Map<string, ReturnType<typeof setTimeout>>();
const writes = new Map<string, Promise<unknown>>();
/** Conversations whose draft the server holds, as far as we know. */
const onServer = new Set<string>();

/** One write of a conversation at a time, in order: a slow save cannot overtake the removal after it. */
function queueWrite(id: string, work: () => Promise<unknown>) {
  const next = (writes.get(id) ?? Promise.resolve()).then(work).catch(() => {
    // This browser still has the words; the next change tries again.
  });
  writes.set(id, next);
}

function scheduleSave(id: string) {
  clearTimeout(timers.get(id));
  timers.set(
    id,
    setTimeout(() => save(id), SAVE_MS),
  );
}

function save(id: string) {
  timers.delete(id);
  queueWrite(id, async () => {
    // Read when its turn comes: what was sent meanwhile is no draft any more.
    const draft = useDrafts.getState().by[id];
    if (!draft) return;
    if (draft.text) {
      onServer.add(id);
      await saveDraft(id, draft.text, draft.revision);
    } else if (onServer.delete(id)) {
      await drop(id);
    }
  });
}

/** Removes the server's copy, and then what says here that it is to go. */
async function drop(id: string) {
  await dropDraft(id);
  const draft = useDrafts.getState().by[id];
  if (draft && isEmpty(draft) && !onServer.has(id)) erase(keyOf(id));
}

holds({
  save: async () => {
    for (const [id, timer] of timers) {
      clearTimeout(timer);
      save(id);
    }
    await Promise.all(writes.values());
  },
  forget: () => {
    for (const timer of timers.values()) clearTimeout(timer);
    timers.clear();
    writes.clear();
    onServer.clear();
    useDrafts.setState({ by: {} });
    // As they were kept before their keys named a member.
    eraseWhere((key) => key.startsWith('hark.draft.conv_'));
  },
});

/** Takes over what this browser or the server kept, once per opening. */
export async function openDraft(id: string, serverHasOne: boolean) {
  const state = useDrafts.getState();
  const local = state.by[id] ?? stored(id);
  if (local && !state.by[id])
    useDrafts.setState({ by: { ...state.by, [id]: { ...EMPTY_DRAFT, ...local } } });
  if (!serverHasOne) return;
  onServer.add(id);
  const kept = await loadDraft(id).catch(() => null);
  if (!kept) return;
  const now = useDrafts.getState().by[id];
  if (kept.body && (!now || (now.revision < kept.revision && now.text !== kept.body))) {
    useDrafts.setState((drafts) => ({
      by: {
        ...drafts.by,
        [id]: { ...(now ?? EMPTY_DRAFT), text: kept.body, revision: kept.revision },
      },
    }));
  } else if (now && !now.text) {
    // Deleted here, and the page went before the server heard of it.
    save(id);
  }
}

/** The words have left: gone here at once, gone on the server after any save still under way. */
export function takeDraft(id: string, mode: Mode): Draft {
  const draft = useDrafts.getState().by[id] ?? EMPTY_DRAFT;
  clearTimeout(timers.get(id));
  timers.delete(id);
  useDrafts.getState().change(id, mode === 'text' ? { text: '', media: [] } : { note: '' });
  clearTimeout(timers.get(id));
  timers.delete(id);
  if (isEmpty(useDrafts.getState().by[id] ?? EMPTY_DRAFT)) erase(keyOf(id));
  if (mode === 'text' && onServer.delete(id)) queueWrite(id, () => dropDraft(id));
  return draft;
}

/** A refused text comes back, above whatever was typed since. */
export function returnDraft(id: string, mode: Mode, sent: Draft) {
  const now = useDrafts.getState().by[id] ?? EMPTY_DRAFT;
  const join = (old: string, fresh: string) => (fresh && fresh !== old ? `${old}\n${fresh}` : old);
  useDrafts
    .getState()
    .change(
      id,
      mode === 'text'
        ? { text: join(sent.text, now.text), media: [...sent.media, ...now.media], mode }
        : { note: join(sent.note, now.note), mode },
    );
}

export const useDraft = (id: string) => useDrafts((state) => state.by[id] ?? EMPTY_DRAFT);
