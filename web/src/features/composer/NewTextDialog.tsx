import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { SendHorizontal } from 'lucide-react';
import { useEffect, useState } from 'react';
import { startText } from '@/api/conversations';
import { customersQuery } from '@/api/customers';
import { ApiError, errorText } from '@/api/errors';
import { previewQuery } from '@/api/messages';
import { meQuery } from '@/api/session';
import { inboxesQuery } from '@/api/settings';
import { t } from '@/i18n/t';
import { useDebounced } from '@/lib/hooks';
import { formatAddress, parseAddress } from '@/lib/phone';
import { Notice } from '@/ui/Banner';
import { Button } from '@/ui/Button';
import { Actions, Dialog } from '@/ui/Dialog';
import { SelectField, TextAreaField, TextField } from '@/ui/Field';
import { Attachments } from './Attachments';
import { GateNotice, heldOf } from './GateNotice';
import { type NewText, type Recipient, useNewTexts, worthKeeping } from './new-text-draft';
import { PhotoButtons } from './PhotoButtons';
import { PreviewBar } from './PreviewBar';
import { usePhotos } from './photos';
import { lookUpOf, recipientsOf } from './recipients';
import { refusalOf } from './refusal';

/** Starts a text to someone known or new. The gate decides here as everywhere. */
export function NewTextDialog({
  open,
  onOpenChange,
  onStarted,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onStarted: (conversation: string) => void;
}) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t.new_text.title}>
      {open ? <OwnNewText onStarted={onStarted} onCancel={() => onOpenChange(false)} /> : null}
    </Dialog>
  );
}

interface Ends {
  onStarted: (conversation: string) => void;
  onCancel: () => void;
}

/** Takes up what this member wrote before the dialog was closed, the page left or the browser gone. */
function OwnNewText(ends: Ends) {
  const me = useQuery(meQuery).data;
  const owner = me ? `${me.workspace.id}.${me.member.id}` : '';
  const draft = useNewTexts((state) => state.by[owner]);
  const begin = useNewTexts((state) => state.begin);
  useEffect(() => {
    if (owner) begin(owner);
  }, [owner, begin]);
  return draft ? <NewTextForm owner={owner} draft={draft} {...ends} /> : null;
}

function NewTextForm({
  owner,
  draft,
  onStarted,
  onCancel,
}: Ends & { owner: string; draft: NewText }) {
  const inboxes = useQuery(inboxesQuery);
  const { recipient, name, body, media } = draft;
  const change = useNewTexts((state) => state.change);
  const end = useNewTexts((state) => state.end);
  const set = (part: Partial<NewText>) => change(owner, part);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const photos = usePhotos('new', (item) =>
    // What was thrown away while a photo was on its way stays thrown away.
    change(owner, (now) => (now.id === draft.id ? { media: [...now.media, item] } : {})),
  );
  // An inbox that is gone since is not asked for again.
  const inbox =
    (inboxes.data?.items.find((item) => item.id === draft.inbox) ?? inboxes.data?.items[0])?.id ??
    '';

  const words = useDebounced(body, 140);
  const preview = useQuery(
    previewQuery(
      recipient && inbox ? { to: recipient.address, inbox_id: inbox } : null,
      words,
      media.length,
    ),
  );
  const decision = preview.data?.decision;
  const refusal = refusalOf(decision);
  const held = heldOf(decision, Date.now());
  const ready =
    recipient !== null &&
    inbox !== '' &&
    (body.trim() !== '' || media.length > 0) &&
    refusal === null;

  const send = async () => {
    if (!recipient || !ready || busy || photos.uploading > 0) return;
    setBusy(true);
    setError(null);
    try {
      const started = await startText({
        message_id: draft.id,
        to: recipient.address,
        inbox_id: inbox,
        body,
        media_ids: media.map((item) => item.id),
        ...(!recipient.known && name.trim() ? { customer_name: name.trim() } : {}),
      });
      end(owner);
      onStarted(started.conversation.id);
    } catch (cause) {
      setError(
        cause instanceof ApiError ? (cause.field('to') ?? errorText(cause)) : errorText(cause),
      );
      setBusy(false);
    }
  };

  if (inboxes.data?.items.length === 0) return <Notice tone="warn">{t.new_text.no_inbox}</Notice>;
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void send();
      }}
    >
      {recipient ? (
        <div className="flex items-center justify-between gap-2 rounded-control border border-line bg-sunken px-3 py-1.5">
          <span>
            <span className="text-muted">{t.new_text.to} </span>
            <strong className="font-semibold">
              {recipient.name || formatAddress(recipient.address)}
            </strong>
            {recipient.name ? (
              <span className="text-muted"> · {formatAddress(recipient.address)}</span>
            ) : null}
          </span>
          <Button size="sm" tone="quiet" onClick={() => set({ recipient: null })}>
            {t.new_text.change}
          </Button>
        </div>
      ) : (
        <RecipientField
          typed={draft.to}
          onType={(to) => set({ to })}
          onPick={(picked) => set({ recipient: picked, to: '' })}
        />
      )}
      {recipient && !recipient.known ? (
        <TextField
          label={`${t.new_text.name} (${t.common.optional})`}
          value={name}
          onChange={(event) => set({ name: event.target.value })}
        />
      ) : null}
      {(inboxes.data?.items.length ?? 0) > 1 ? (
        <SelectField
          label={t.new_text.from}
          value={inbox}
          onChange={(event) => set({ inbox: event.target.value })}
        >
          {inboxes.data?.items.map((item) => (
            <option key={item.id} value={item.id}>
              {item.name} · {formatAddress(item.address)}
            </option>
          ))}
        </SelectField>
      ) : null}
      <TextAreaField
        label={t.new_text.text}
        rows={4}
        value={body}
        onChange={(event) => set({ body: event.target.value })}
        onPaste={(event) => {
          if (event.clipboardData.files.length > 0) photos.add(event.clipboardData.files);
        }}
      />
      <Attachments
        media={media}
        uploading={photos.uploading}
        onRemove={(gone) => set({ media: media.filter((item) => item.id !== gone) })}
      />
      {refusal ? <GateNotice said={refusal} held={null} /> : null}
      {decision && held ? <GateNotice said={decision} held={held} /> : null}
      {error ? <Notice tone="bad">{error}</Notice> : null}
      <div className="flex items-center gap-2">
        <PhotoButtons onPick={photos.add} />
        <PreviewBar
          preview={body || media.length > 0 ? preview.data : undefined}
          mediaCount={media.length}
          repairKeys={undefined}
          onRepair={() => set({ body: preview.data?.smart?.body ?? body })}
        />
      </div>
      <Actions className="mt-1">
        {worthKeeping(draft) ? (
          <Button
            tone="quiet"
            onClick={() => {
              end(owner);
              onCancel();
            }}
          >
            {t.new_text.discard}
          </Button>
        ) : (
          <Button tone="quiet" onClick={onCancel}>
            {t.common.cancel}
          </Button>
        )}
        <Button
          type="submit"
          tone="primary"
          icon={SendHorizontal}
          busy={busy}
          disabled={!ready || photos.uploading > 0}
        >
          {held ? t.composer.send_at(held.short) : t.new_text.send}
        </Button>
      </Actions>
    </form>
  );
}

function RecipientField({
  typed,
  onType,
  onPick,
}: {
  typed: string;
  onType: (typed: string) => void;
  onPick: (recipient: Recipient) => void;
}) {
  const [tried, setTried] = useState(false);
  const q = useDebounced(lookUpOf(typed), 150);
  const customers = useInfiniteQuery(customersQuery(q));
  const number = parseAddress(typed);
  const { answered, unknown, known } = recipientsOf(typed, {
    to: q,
    customers: customers.data?.pages[0]?.items,
    failed: customers.isError,
  });
  const first = unknown ? { address: unknown.address, name: '', known: false } : known[0];
  // Enter before the answer takes whom the answer brings.
  useEffect(() => {
    if (tried && answered && typed && first) onPick(first);
  }, [tried, answered, typed, first, onPick]);
  return (
    <div>
      <TextField
        label={t.new_text.to}
        placeholder={t.new_text.to_placeholder}
        value={typed}
        autoFocus
        autoComplete="off"
        error={
          tried && answered && !number && known.length === 0 ? t.new_text.bad_number : undefined
        }
        onChange={(event) => {
          onType(event.target.value);
          setTried(false);
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          setTried(true);
        }}
      />
      <ul className="mt-1 flex flex-col">
        {unknown ? (
          <Choice
            label={t.new_text.number(formatAddress(unknown.address))}
            hint={unknown.isNew ? t.new_text.new_number : ''}
            onPick={() => onPick({ address: unknown.address, name: '', known: false })}
          />
        ) : null}
        {known.map((row) => (
          <Choice
            key={row.address}
            label={row.name || formatAddress(row.address)}
            hint={row.name ? formatAddress(row.address) : ''}
            onPick={() => onPick(row)}
          />
        ))}
        {!number && known.length === 0 && customers.isSuccess && typed ? (
          <li className="px-2 py-1.5 text-muted">{t.new_text.no_match}</li>
        ) : null}
      </ul>
    </div>
  );
}

function Choice({ label, hint, onPick }: { label: string; hint: string; onPick: () => void }) {
  return (
    <li>
      <button
        type="button"
        onClick={onPick}
        className="flex min-h-9 w-full items-center justify-between gap-3 rounded-control px-2 text-start hover:bg-sunken max-md:min-h-11"
      >
        <span className="truncate">{label}</span>
        <span className="shrink-0 text-faint text-label">{hint}</span>
      </button>
    </li>
  );
}
