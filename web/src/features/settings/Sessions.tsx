import { useQuery } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { errorText } from '@/api/errors';
import { queryClient } from '@/api/query-client';
import { endSession, sessionsQuery } from '@/api/session';
import { t } from '@/i18n/t';
import { useNow } from '@/lib/hooks';
import { Loaded } from '@/lib/QueryStates';
import { age } from '@/lib/time';
import { Badge } from '@/ui/Badge';
import { Button } from '@/ui/Button';
import { Page, Row, Rows, Section } from '@/ui/Page';
import { toast } from '@/ui/Toasts';
import { ChangePassword } from './ChangePassword';

const w = t.settings.sessions;

/** Browser and system out of a user agent, for people. */
export function browserName(agent: string): string {
  const browser = /(Edg|OPR|Firefox|Chrome|Safari)\//.exec(agent)?.[1];
  const system = /(Windows|Mac OS X|Android|iPhone|iPad|Linux)/.exec(agent)?.[1];
  const names: Record<string, string> = { Edg: 'Edge', OPR: 'Opera', 'Mac OS X': 'macOS' };
  return (
    [browser, system]
      .filter((part) => part !== undefined)
      .map((part) => names[part] ?? part)
      .join(', ') || w.unknown
  );
}

export function Sessions() {
  const sessions = useQuery(sessionsQuery);
  const now = useNow();
  const [changing, setChanging] = useState(false);
  return (
    <Page
      title={t.settings.pages.sessions}
      intro={w.intro}
      actions={
        <Button icon={KeyRound} onClick={() => setChanging(true)}>
          {w.password}
        </Button>
      }
    >
      <ChangePassword open={changing} onClose={() => setChanging(false)} />
      <Loaded query={sessions}>
        {(data) => (
          <Section flush>
            <Rows>
              {data.items.map((session) => (
                <Row key={session.id}>
                  <div className="min-w-0 flex-1">
                    <p className="truncate font-medium">{browserName(session.user_agent)}</p>
                    <p className="text-label text-muted">
                      {session.ip} · {w.seen(age(session.last_seen_at, now))}
                    </p>
                  </div>
                  {session.current ? (
                    <Badge tone="ok">{w.current}</Badge>
                  ) : (
                    <Button
                      size="sm"
                      onClick={() => {
                        endSession(session.id)
                          .then(() =>
                            queryClient.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
                          )
                          .catch((error: unknown) => toast(errorText(error), { tone: 'bad' }));
                      }}
                    >
                      {w.end}
                    </Button>
                  )}
                </Row>
              ))}
            </Rows>
          </Section>
        )}
      </Loaded>
    </Page>
  );
}
