import { useQuery } from '@tanstack/react-query';
import { OctagonPause, Play } from 'lucide-react';
import { useState } from 'react';
import { useForm } from '@/api/form';
import { type SendingScope, type StopSwitch, sendingQuery, switchSending } from '@/api/settings';
import { t } from '@/i18n/t';
import { Loaded } from '@/lib/QueryStates';
import { fullTime } from '@/lib/time';
import { Badge } from '@/ui/Badge';
import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import { TextField } from '@/ui/Field';
import { FormEnd } from '@/ui/FormEnd';
import { Page, Row, Rows, Section } from '@/ui/Page';

const w = t.settings.sending;

interface Target {
  at: SendingScope;
  label: string;
  now: StopSwitch;
}

/** The emergency brake, one for each reach. */
export function StopSending({
  mayStop,
  mayStopServer,
}: {
  mayStop: boolean;
  mayStopServer: boolean;
}) {
  const sending = useQuery(sendingQuery);
  const [target, setTarget] = useState<Target | null>(null);
  const line = (item: Target, may: boolean) => (
    <Row key={item.label}>
      <div className="min-w-0 flex-1 max-md:min-w-40">
        <p className="break-words font-medium">{item.label}</p>
        {item.now.stopped ? (
          <p className="text-label text-muted">
            {item.now.reason}{' '}
            {item.now.by && item.now.at !== null
              ? w.stopped_by(item.now.by, fullTime(item.now.at))
              : ''}
          </p>
        ) : null}
      </div>
      {item.now.stopped ? (
        <Badge tone="bad">{w.stopped}</Badge>
      ) : (
        <Badge tone="ok">{w.sending}</Badge>
      )}
      {may ? (
        <Button
          size="sm"
          tone={item.now.stopped ? 'primary' : 'danger-quiet'}
          icon={item.now.stopped ? Play : OctagonPause}
          onClick={() => setTarget(item)}
        >
          {item.now.stopped ? w.start : w.stop}
        </Button>
      ) : null}
    </Row>
  );
  return (
    <Page title={t.settings.pages.sending} intro={w.intro}>
      <Loaded query={sending}>
        {(data) => (
          <>
            <Section flush>
              <Rows>
                {line(
                  { at: { scope: 'workspace' }, label: w.workspace, now: data.workspace },
                  mayStop,
                )}
                {line(
                  { at: { scope: 'server' }, label: w.server, now: data.server },
                  mayStopServer,
                )}
              </Rows>
            </Section>
            {data.inboxes.length > 0 ? (
              <Section title={w.inboxes} flush>
                <Rows>
                  {data.inboxes.map((inbox) =>
                    line(
                      { at: { scope: 'inbox', id: inbox.inbox_id }, label: inbox.name, now: inbox },
                      mayStop,
                    ),
                  )}
                </Rows>
              </Section>
            ) : null}
          </>
        )}
      </Loaded>
      <Dialog
        open={target !== null}
        onOpenChange={(open) => !open && setTarget(null)}
        title={
          target
            ? target.now.stopped
              ? w.start_title(target.label)
              : w.stop_title(target.label)
            : ''
        }
        description={target?.now.stopped ? w.start_detail : w.stop_detail}
        width="sm"
      >
        {target ? <SwitchForm target={target} onDone={() => setTarget(null)} /> : null}
      </Dialog>
    </Page>
  );
}

function SwitchForm({ target, onDone }: { target: Target; onDone: () => void }) {
  const stop = !target.now.stopped;
  const form = useForm(async (value) => {
    await switchSending(target.at, stop, value('reason').trim());
    onDone();
  });
  return (
    <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
      {stop ? (
        <TextField
          label={w.reason}
          name="reason"
          required
          autoFocus
          hint={w.reason_hint}
          error={form.field('reason')}
        />
      ) : null}
      <FormEnd
        form={form}
        deed={stop ? w.stop : w.start}
        tone={stop ? 'danger' : 'primary'}
        onCancel={onDone}
      />
    </form>
  );
}
