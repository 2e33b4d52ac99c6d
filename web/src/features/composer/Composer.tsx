import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ChevronDown, Lock, MessageSquareText, SendHorizontal } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Conversation } from '@/api/conversations';
import { ApiError, errorText } from '@/api/errors';
import { addNote, cancelMessage, type Message, previewQuery, sendText } from '@/api/messages';
import type { Thread } from '@/api/threads';
import { t } from '@/i18n/t';
import { cn } from '@/lib/cn';
import { useCommands, useKeysOf } from '@/lib/commands';
import { gateWords } from '@/lib/gate-words';
import { useDebounced } from '@/lib/hooks';
import { messageId } from '@/lib/id';
import { customerName } from '@/lib/phone';
import { Button } from '@/ui/Button';
import { Menu } from '@/ui/Menu';
import { SegmentedControl } from '@/ui/SegmentedControl';
import { toast } from '@/ui/Toasts';
import { Attachments } from './Attachments';
import { type Draft, openDraft, returnDraft, takeDraft, useDraft, useDrafts } from './drafts';
import { GateNotice, heldOf } from './GateNotice';
import { PhotoButtons } from './PhotoButtons';
import { PreviewBar } from './PreviewBar';
import { usePhotos } from './photos';
import { refusalOf } from './refusal';
import { StaleStop } from './StaleStop';
import { TextBox } from './TextBox';

const NO_MARKS: ReadonlySet<string> = new Set();
export const COMPOSER_ID = 'composer-text';

export const focusComposer = () => document.getElementById(COMPOSER_ID)?.focus();

interface Stale {
  conversation: string;
  missed: Message[];
  close: boolean;
}

/** Where a reply is written. The server's own gate and encoder speak while one types. */
export function Composer({
  row,
  mayWrite,
  onSentAndClosed,
}: {
  row: Conversation;
  mayWrite: boolean;
  onSentAndClosed: () => void;
}) {
  const id = row.id;
  const name = customerName(row.customer);
  const client = useQueryClient();
  const draft = useDraft(id);
  const change = useDrafts((state) => state.change);
  const [stopped, setStale] = useState<Stale | null>(null);
  const stale = stopped?.conversation === id ? stopped : null;
  const [dragging, setDragging] = useState(false);
  const note = draft.mode === 'note';
  const words = note ? draft.note : draft.text;

  // biome-ignore lint/correctness/useExhaustiveDependencies: taken over once per opening, not whenever the mark changes
  useEffect(() => {
    void openDraft(id, row.draft);
  }, [id]);

  const asked = useDebounced(draft.text, 140, id);
  const preview = useQuery(
    previewQuery(note ? null : { conversation_id: id }, asked, draft.media.length),
  );
  const decision = note ? undefined : preview.data?.decision;
  const marks =
    !note && preview.data?.smart
      ? new Set(preview.data.non_gsm.map((entry) => entry.char))
      : NO_MARKS;
  const refusal = refusalOf(decision);
  const refused = refusal !== null;
  const held = heldOf(decision, Date.now());
  const empty = words.trim() === '' && (note || draft.media.length === 0);

  const photos = usePhotos(id, (media) => {
    change(id, { media: [...(useDrafts.getState().by[id]?.media ?? []), media], mode: 'text' });
  });

  /** The last message the writer has seen: the last one loaded, or read before one went into the past. */
  const lastSeq = () => {
    const thread = client.getQueryData<Thread>(['messages', id]);
    const loaded = thread?.items[thread.items.length - 1]?.seq;
    return thread?.hasNewer
      ? Math.max(loaded ?? 0, (row.unread ? row.read_seq : row.last_seq) ?? 0)
      : loaded;
  };

  const send = async (close: boolean, anyway = false) => {
    if (empty || photos.uploading > 0 || (!note && refused)) return;
    const mode = draft.mode;
    const sent = takeDraft(id, mode);
    setStale(null);
    const item = {
      id: messageId(),
      kind: mode,
      body: mode === 'note' ? sent.note : sent.text,
      media: mode === 'note' ? [] : sent.media,
      at: Date.now(),
    } as const;
    focusComposer();
    try {
      if (mode === 'note') {
        await addNote(id, item);
        return;
      }
      const answer = await sendText(id, item, { afterSeq: anyway ? undefined : lastSeq(), close });
      if (answer.decision.verdict === 'refuse') {
        toast(`${t.composer.blocked}. ${gateWords(answer.decision)}`, { tone: 'bad' });
      } else {
        offerUndo(answer.message, sent);
        if (close) onSentAndClosed();
      }
    } catch (error) {
      returnDraft(id, mode, sent);
      const missed =
        error instanceof ApiError && error.code === 'stale_conversation' ? error.missed : null;
      if (missed) setStale({ conversation: id, missed, close });
      else
        toast(
          `${errorText(error)} ${mode === 'note' ? t.composer.note_not_saved : t.composer.not_sent}`,
          { tone: 'bad' },
        );
    }
  };

  const offerUndo = (message: Message, sent: Draft) => {
    if (message.undo_until === null || message.undo_until <= Date.now()) return;
    toast(t.composer.sent_undo, {
      timeout: message.undo_until - Date.now(),
      action: {
        label: t.common.undo,
        run: () => {
          cancelMessage(id, message.id)
            .then(() => returnDraft(id, 'text', sent))
            .catch((error: unknown) => toast(errorText(error), { tone: 'bad' }));
        },
      },
    });
  };

  const repair = () => {
    const smart = preview.data?.smart;
    if (smart && asked === draft.text) change(id, { text: smart.body });
  };

  useCommands([
    {
      id: 'composer.send',
      label: t.commands.send,
      group: t.groups.compose,
      inText: true,
      icon: SendHorizontal,
      when: () => !empty,
      run: () => void send(false),
    },
    {
      id: 'composer.send-close',
      label: t.commands.send_close,
      group: t.groups.compose,
      inText: true,
      when: () => !empty && !note,
      run: () => void send(true),
    },
    {
      id: 'composer.repair',
      label: t.commands.repair,
      group: t.groups.compose,
      inText: true,
      when: () => !!preview.data?.smart,
      run: repair,
    },
  ]);
  const sendKeys = useKeysOf('composer.send');
  const sendCloseKeys = useKeysOf('composer.send-close');
  const repairKeys = useKeysOf('composer.repair');

  return (
    <section
      aria-label={t.composer.label}
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes('Files')) {
          event.preventDefault();
          setDragging(true);
        }
      }}
      onDragLeave={() => setDragging(false)}
      onDrop={(event) => {
        event.preventDefault();
        setDragging(false);
        photos.add(event.dataTransfer.files);
      }}
      className="border-line border-t bg-surface px-4 pt-2 pb-3 max-md:px-2 max-md:pb-2"
    >
      {stale ? (
        <StaleStop
          name={name}
          missed={stale.missed}
          onAnyway={() => void send(stale.close, true)}
          onEdit={() => {
            setStale(null);
            focusComposer();
          }}
        />
      ) : null}
      {refusal && !note ? <GateNotice said={refusal} held={null} className="mb-2" /> : null}
      {decision && held && !note && !empty ? (
        <GateNotice said={decision} held={held} className="mb-2" />
      ) : null}
      <div
        className={cn(
          'rounded-card border border-line-strong focus-within:border-accent focus-within:shadow-[0_0_0_1px_var(--accent)]',
          note ? 'bg-note' : 'bg-surface',
          dragging && 'border-accent border-dashed bg-accent-soft',
        )}
      >
        {dragging ? <p className="px-3 pt-2 font-medium text-accent">{t.composer.drop}</p> : null}
        {note ? null : (
          <Attachments
            media={draft.media}
            uploading={photos.uploading}
            onRemove={(media) =>
              change(id, { media: draft.media.filter((item) => item.id !== media) })
            }
          />
        )}
        <TextBox
          // A field of its own for each: taking back with Ctrl Z must not bring another's words.
          key={id}
          id={COMPOSER_ID}
          value={words}
          marks={marks}
          disabled={!mayWrite}
          aria-label={note ? t.composer.note_placeholder : t.composer.text_placeholder(name)}
          placeholder={note ? t.composer.note_placeholder : t.composer.text_placeholder(name)}
          onChange={(event) =>
            change(id, note ? { note: event.target.value } : { text: event.target.value })
          }
          onPaste={(event) => {
            if (event.clipboardData.files.length > 0) {
              event.preventDefault();
              photos.add(event.clipboardData.files);
            }
          }}
        />
        <div className="flex items-center gap-1 p-1.5">
          <SegmentedControl
            label={t.composer.mode}
            value={draft.mode}
            onChange={(mode) => {
              change(id, { mode });
              focusComposer();
            }}
            options={[
              { value: 'text', label: t.composer.text, icon: MessageSquareText },
              { value: 'note', label: t.composer.note, icon: Lock },
            ]}
          />
          {note ? null : <PhotoButtons onPick={photos.add} />}
          <span className="flex-1" />
          <div className="flex">
            <Button
              tone="primary"
              icon={note ? Lock : SendHorizontal}
              disabled={!mayWrite || empty || photos.uploading > 0 || (!note && refused)}
              title={sendKeys ? undefined : t.composer.send}
              className={note ? '' : 'rounded-e-none'}
              onClick={() => void send(false)}
            >
              {note ? t.composer.add_note : held ? t.composer.send_at(held.short) : t.composer.send}
            </Button>
            {note ? null : (
              <Menu
                side="top"
                trigger={
                  <Button
                    tone="primary"
                    aria-label={t.composer.more}
                    disabled={!mayWrite || empty || refused}
                    className="rounded-s-none border-s border-s-accent-ink/30 px-1.5"
                  >
                    <ChevronDown aria-hidden className="size-4" />
                  </Button>
                }
              >
                {({ MenuItem }) => (
                  <>
                    <MenuItem keys={sendKeys} onSelect={() => void send(false)}>
                      {t.composer.send}
                    </MenuItem>
                    <MenuItem keys={sendCloseKeys} onSelect={() => void send(true)}>
                      {t.composer.send_close}
                    </MenuItem>
                  </>
                )}
              </Menu>
            )}
          </div>
        </div>
      </div>
      <div className="px-1 pt-1.5">
        {note ? (
          <p className="flex h-6 items-center gap-1 text-label text-warn">
            <Lock aria-hidden className="size-3" />
            {t.thread.note_private}
          </p>
        ) : preview.isError ? (
          <p className="text-faint text-label">{t.composer.preview_failed}</p>
        ) : (
          <PreviewBar
            preview={preview.data}
            mediaCount={draft.media.length}
            repairKeys={repairKeys}
            onRepair={repair}
          />
        )}
      </div>
    </section>
  );
}
