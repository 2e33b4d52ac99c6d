import type { Outgoing } from './outgoing';
import { queryClient } from './query-client';
import { meQuery } from './session';

/**
 * What a page was sending when it went away. A reload in the moment of sending cuts the call off, so the
 * next page of the tab says it again under the same id: sent once, whatever had arrived. The tab's own
 * storage, because another tab must not say what this one is still saying.
 */
export interface Unsent {
  conversation: string;
  item: Outgoing;
  afterSeq: number | undefined;
  close: boolean;
}

const keyOf = (whose: string) => `hark.unsent.${whose}`;

let leaving = false;
addEventListener('pagehide', () => {
  leaving = true;
});
addEventListener('pageshow', () => {
  leaving = false;
});

function stored(whose: string): Unsent[] {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(keyOf(whose)) ?? '[]');
    return Array.isArray(value) ? value.filter(isUnsent) : [];
  } catch {
    return [];
  }
}

function isUnsent(value: unknown): value is Unsent {
  return (
    typeof value === 'object' &&
    value !== null &&
    'conversation' in value &&
    typeof value.conversation === 'string' &&
    'item' in value &&
    typeof value.item === 'object' &&
    value.item !== null &&
    'id' in value.item &&
    typeof value.item.id === 'string'
  );
}

function store(whose: string, all: readonly Unsent[]) {
  try {
    if (all.length === 0) sessionStorage.removeItem(keyOf(whose));
    else sessionStorage.setItem(keyOf(whose), JSON.stringify(all));
  } catch {
    // Without storage a reload at the wrong moment may lose what was being sent, as it would have before.
  }
}

/** Names the member and the workspace: nobody sends what another wrote. */
export function whose(): string {
  const me = queryClient.getQueryData(meQuery.queryKey);
  return me ? `${me.member.id}:${me.workspace.id}` : '';
}

export const unsentOf = stored;

/** Does what sends, and keeps what is sent until the server's word on it has come. */
export async function keeping<Answer>(one: Unsent, send: () => Promise<Answer>): Promise<Answer> {
  const author = whose();
  const others = () => stored(author).filter(({ item }) => item.id !== one.item.id);
  store(author, [...others(), one]);
  try {
    return await send();
  } finally {
    // Cut off because the page goes away: that is no word of the server's, and the next page goes on.
    if (leaving) await new Promise<never>(() => {});
    store(author, others());
  }
}
