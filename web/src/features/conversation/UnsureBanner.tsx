import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answerUnsureText, unsureTextsQuery } from '@/api/consents';
import { errorText } from '@/api/errors';
import { t } from '@/i18n/t';
import { Banner } from '@/ui/Banner';
import { Button } from '@/ui/Button';
import { toast } from '@/ui/Toasts';

/** A text of this conversation may have asked to stop: marketing rests until somebody says. */
export function UnsureBanner({
  conversation,
  mayAnswer,
}: {
  conversation: string;
  mayAnswer: boolean;
}) {
  const items = useQuery(unsureTextsQuery).data?.items ?? [];
  const [busy, setBusy] = useState(false);
  const text = items.find((item) => item.conversation_id === conversation);
  if (!text) return null;
  const answer = async (askedToStop: boolean) => {
    setBusy(true);
    try {
      await answerUnsureText(text.message_id, askedToStop);
      toast(askedToStop ? t.unsure.opted_out : t.unsure.stays);
    } catch (error) {
      toast(errorText(error), { tone: 'bad' });
    } finally {
      setBusy(false);
    }
  };
  return (
    <section aria-label={t.unsure.label} className="shrink-0">
      <Banner
        tone="warn"
        action={
          mayAnswer ? (
            <div className="flex gap-2">
              <Button size="sm" disabled={busy} onClick={() => void answer(true)}>
                {t.unsure.yes}
              </Button>
              <Button size="sm" disabled={busy} onClick={() => void answer(false)}>
                {t.unsure.no}
              </Button>
            </div>
          ) : undefined
        }
      >
        <strong className="font-semibold">{t.unsure.label}</strong> {t.unsure.words(text.body)}
      </Banner>
    </section>
  );
}
