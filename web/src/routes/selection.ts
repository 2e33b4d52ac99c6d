import { type RefObject, useCallback, useState } from 'react';
import {
  assignConversation,
  type Conversation,
  closeConversation,
  reopenConversation,
} from '@/api/conversations';
import { errorText } from '@/api/errors';
import { t } from '@/i18n/t';
import { toast } from '@/ui/Toasts';

const NOTHING: ReadonlySet<string> = new Set();

/** Several conversations at once: one toast, one way back, and a word on each that refused. */
export function useSelection(
  me: { id: string; name: string },
  rows: RefObject<readonly Conversation[]>,
) {
  const [ids, setIds] = useState<ReadonlySet<string>>(NOTHING);
  const clear = useCallback(() => setIds(NOTHING), []);
  const toggle = useCallback((id: string) => {
    setIds((now) => {
      const next = new Set(now);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  }, []);

  const forEach = async (work: (id: string) => Promise<unknown>) => {
    const list = [...ids];
    const done: string[] = [];
    let why = '';
    await Promise.all(
      list.map((id) =>
        work(id)
          .then(() => done.push(id))
          .catch((error: unknown) => {
            why = errorText(error);
          }),
      ),
    );
    clear();
    if (done.length < list.length)
      toast(t.inbox.some_failed(list.length - done.length, why), { tone: 'bad' });
    return done;
  };

  return {
    ids,
    clear,
    toggle,
    add: (more: readonly string[]) => setIds((now) => new Set([...now, ...more])),
    all: () => setIds(new Set(rows.current.map((row) => row.id))),
    close: async () => {
      const done = await forEach(closeConversation);
      if (done.length === 0) return;
      toast(t.inbox.closed_many(done.length), {
        action: { label: t.common.undo, run: () => void Promise.all(done.map(reopenConversation)) },
      });
    },
    assign: async () => {
      await forEach((id) => assignConversation(id, me));
    },
  };
}

export type Selection = ReturnType<typeof useSelection>;
