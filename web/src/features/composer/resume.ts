import { errorText } from '@/api/errors';
import { addNote, sendText } from '@/api/messages';
import { type Unsent, unsentOf } from '@/api/unsent';
import { t } from '@/i18n/t';
import { toast } from '@/ui/Toasts';
import { EMPTY_DRAFT, returnDraft } from './drafts';

/** Goes on with what the page before this one was sending when it went away. */
export function resumeSending(whose: string) {
  for (const one of unsentOf(whose)) void again(one);
}

async function again({ conversation, item, afterSeq, close }: Unsent) {
  const note = item.kind === 'note';
  try {
    if (note) await addNote(conversation, item);
    else await sendText(conversation, item, { afterSeq, close });
  } catch (error) {
    const words = note ? { note: item.body } : { text: item.body, media: item.media };
    returnDraft(conversation, item.kind, { ...EMPTY_DRAFT, ...words, mode: item.kind });
    toast(`${errorText(error)} ${note ? t.composer.note_not_saved : t.composer.not_sent}`, {
      tone: 'bad',
    });
  }
}
