import { useParams, useRouter } from '@tanstack/react-router';
import { useSyncExternalStore } from 'react';

const INBOX = /^\/inbox(?:\/([^/]+))?\/?$/;

/**
 * The open conversation and the message its link leads to, as the address says this instant. The router
 * draws a new address when it finds time; a key that follows at once must already meet the conversation
 * that the one before it went to.
 */
export function useOpenThread(): { id: string | undefined; message: string | undefined } {
  const { history } = useRouter();
  const drawn = useParams({ strict: false }).conversation;
  const address = useSyncExternalStore(
    history.subscribe,
    () => `${history.location.pathname}${history.location.search}`,
  );
  const [path = '', search = ''] = address.split('?');
  const inbox = INBOX.exec(path);
  // On the way to another screen this one stays as it is until it is gone.
  if (!inbox) return { id: drawn, message: undefined };
  return { id: inbox[1], message: new URLSearchParams(search).get('message') || undefined };
}
