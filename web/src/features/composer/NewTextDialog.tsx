import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { ImagePlus, SendHorizontal } from 'lucide-react';
import { useRef, useState } from 'react';
import { startText } from '@/api/conversations';
import { customersQuery } from '@/api/customers';
import { ApiError, errorText } from '@/api/errors';
import { type Media, previewQuery } from '@/api/messages';
import { inboxesQuery } from '@/api/settings';
import { t } from '@/i18n/t';
import { useDebounced } from '@/lib/hooks';
import { messageId } from '@/lib/id';
import { formatAddress, parseAddress } from '@/lib/phone';
import { moment } from '@/lib/time';
import { Notice } from '@/ui/Banner';
import { Button } from '@/ui/Button';
import { Actions, Dialog } from '@/ui/Dialog';
import { SelectField, TextAreaField, TextField } from '@/ui/Field';
import { IconButton } from '@/ui/IconButton';
import { Attachments } from './Attachments';
import { PreviewBar } from './PreviewBar';
import { usePhotos } from './photos';
import { refusalOf } from './refusal';

interface Recipient {
  address: string;
  name: string;
  known: boolean;
}

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
      {open ? <NewTextForm onStarted={onStarted} onCancel={() => onOpenChange(false)} /> : null}
    </Dialog>
  );
}

function NewTextForm({
  onStarted,
  onCancel,
}: {
  onStarted: (conversation: string) => void;
  onCancel: () => void;
}) {
  const inboxes = useQuery(inboxesQuery);
  const [chosenInbox, setInbox] = useState('');
  const [recipient, setRecipient] = useState<Recipient | null>(null);
  const [name, setName] = useState('');
  const [body, setBody] = useState('');
  const [media, setMedia] = useState<Media[]>([]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  // One id for all tries: pressing Send twice is one text.
  const [id] = useState(() => messageId());
  const photoInput = useRef<HTMLInputElement>(null);
  const photos = usePhotos((item) => setMedia((now) => [...now, item]));
  const inbox = chosenInbox || inboxes.data?.items[0]?.id || '';

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
  const held =
    decision?.verdict === 'hold' && typeof decision.until === 'number' ? decision.until : null;
  const ready =
    recipient !== null &&
    inbox !== '' &&
    (body.trim() !== '' || media.length > 0) &&
    refusal === null;

  const send = async () => {
    if (!recipient || !ready || busy) return;
    setBusy(true);
    setError(null);
    try {
      const started = await startText({
        message_id: id,
        to: recipient.address,
        inbox_id: inbox,
        body,
        media_ids: media.map((item) => item.id),
        ...(!recipient.known && name.trim() ? { customer_name: name.trim() } : {}),
      });
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
          <Button size="sm" tone="quiet" onClick={() => setRecipient(null)}>
            {t.new_text.change}
          </Button>
        </div>
      ) : (
        <RecipientField onPick={setRecipient} />
      )}
      {recipient && !recipient.known ? (
        <TextField
          label={`${t.new_text.name} (${t.common.optional})`}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      ) : null}
      {(inboxes.data?.items.length ?? 0) > 1 ? (
        <SelectField
          label={t.new_text.from}
          value={inbox}
          onChange={(event) => setInbox(event.target.value)}
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
        onChange={(event) => setBody(event.target.value)}
        onPaste={(event) => {
          if (event.clipboardData.files.length > 0) photos.add(event.clipboardData.files);
        }}
      />
      <Attachments
        media={media}
        uploading={photos.uploading}
        onRemove={(gone) => setMedia((now) => now.filter((item) => item.id !== gone))}
      />
      {refusal ? <Notice tone="bad">{refusal.detail}</Notice> : null}
      {decision && held !== null ? <Notice tone="warn">{decision.detail}</Notice> : null}
      {error ? <Notice tone="bad">{error}</Notice> : null}
      <div className="flex items-center gap-2">
        <IconButton
          icon={ImagePlus}
          label={t.composer.photo}
          onClick={() => photoInput.current?.click()}
        />
        <input
          ref={photoInput}
          type="file"
          accept="image/*"
          multiple
          hidden
          aria-hidden
          onChange={(event) => photos.add(event.target.files ?? [])}
        />
        <PreviewBar
          preview={body || media.length > 0 ? preview.data : undefined}
          mediaCount={media.length}
          repairKeys={undefined}
          onRepair={() => setBody(preview.data?.smart?.body ?? body)}
        />
      </div>
      <Actions className="mt-1">
        <Button tone="quiet" onClick={onCancel}>
          {t.common.cancel}
        </Button>
        <Button type="submit" tone="primary" icon={SendHorizontal} busy={busy} disabled={!ready}>
          {held !== null ? t.composer.send_at(moment(held, Date.now())) : t.new_text.send}
        </Button>
      </Actions>
    </form>
  );
}

function RecipientField({ onPick }: { onPick: (recipient: Recipient) => void }) {
  const [typed, setTyped] = useState('');
  const [tried, setTried] = useState(false);
  const q = useDebounced(typed.trim(), 150);
  const customers = useInfiniteQuery(customersQuery(q));
  const number = parseAddress(typed);
  const rows = customers.data?.pages[0]?.items.slice(0, 5) ?? [];
  const known = rows.some((row) => row.addresses.some((entry) => entry.address === number));
  const pickFirst = () => {
    setTried(true);
    const first = rows[0];
    if (number && !known) onPick({ address: number, name: '', known: false });
    else if (first?.addresses[0])
      onPick({ address: first.addresses[0].address, name: first.name, known: true });
  };
  return (
    <div>
      <TextField
        label={t.new_text.to}
        placeholder={t.new_text.to_placeholder}
        value={typed}
        autoFocus
        autoComplete="off"
        error={tried && !number && rows.length === 0 ? t.new_text.bad_number : undefined}
        onChange={(event) => {
          setTyped(event.target.value);
          setTried(false);
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          pickFirst();
        }}
      />
      <ul className="mt-1 flex flex-col">
        {number && !known ? (
          <Choice
            label={t.new_text.number(formatAddress(number))}
            hint={t.new_text.new_number}
            onPick={() => onPick({ address: number, name: '', known: false })}
          />
        ) : null}
        {rows.map((row) => {
          const address = row.addresses[0]?.address;
          return address ? (
            <Choice
              key={row.id}
              label={row.name || formatAddress(address)}
              hint={row.name ? formatAddress(address) : ''}
              onPick={() => onPick({ address, name: row.name, known: true })}
            />
          ) : null;
        })}
        {!number && rows.length === 0 && customers.isSuccess && typed ? (
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
