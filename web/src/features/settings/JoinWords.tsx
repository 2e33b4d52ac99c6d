import { useQuery } from '@tanstack/react-query';
import { MessageSquarePlus, Plus } from 'lucide-react';
import { useState } from 'react';
import { type JoinWord, joinWordsQuery, removeJoinWord } from '@/api/join-words';
import { inboxesQuery } from '@/api/settings';
import { t } from '@/i18n/t';
import { formatAddress } from '@/lib/phone';
import { Badge } from '@/ui/Badge';
import { Button } from '@/ui/Button';
import { SelectField } from '@/ui/Field';
import { JoinWordForm } from './JoinWordForm';
import { ConfirmOf, DialogOf, ListPage, Named } from './ListPage';

const w = t.settings.join_words;

/** Words that opt a customer in who texts one to a number. */
export function JoinWords({ mayChange }: { mayChange: boolean }) {
  const inboxes = useQuery(inboxesQuery).data?.items ?? [];
  const [chosen, setChosen] = useState('');
  const inbox = inboxes.find(({ id }) => id === chosen) ?? inboxes[0];
  const words = useQuery(joinWordsQuery(inbox?.id ?? ''));
  const [editing, setEditing] = useState<JoinWord | 'new' | null>(null);
  const [removing, setRemoving] = useState<(JoinWord & { name: string }) | null>(null);
  return (
    <ListPage
      title={t.settings.pages['join-words']}
      intro={w.intro}
      add={
        mayChange && inbox ? { icon: Plus, label: w.add, onClick: () => setEditing('new') } : null
      }
      query={words}
      empty={{ icon: MessageSquarePlus, title: w.empty, detail: w.empty_detail }}
      above={
        inboxes.length > 1 ? (
          <SelectField
            label={w.inbox}
            className="mb-4 max-w-80"
            value={inbox?.id ?? ''}
            onChange={(event) => setChosen(event.target.value)}
          >
            {inboxes.map(({ id, name, address }) => (
              <option key={id} value={id}>
                {name} · {formatAddress(address)}
              </option>
            ))}
          </SelectField>
        ) : null
      }
      row={(word) => (
        <>
          <Named
            name={word.word}
            detail={[word.programme, word.frequency, word.topic && w.topic_of(word.topic)]
              .filter(Boolean)
              .join(' · ')}
          />
          <Badge tone={word.double_opt_in ? 'ok' : 'info'}>
            {word.double_opt_in ? w.double : w.single}
          </Badge>
          <Badge>{w.version(word.disclosure_version)}</Badge>
          {mayChange ? (
            <>
              <Button size="sm" aria-label={w.edit_of(word.word)} onClick={() => setEditing(word)}>
                {w.edit}
              </Button>
              <Button
                size="sm"
                tone="quiet"
                aria-label={w.remove_of(word.word)}
                onClick={() => setRemoving({ ...word, name: word.word })}
              >
                {w.remove}
              </Button>
            </>
          ) : null}
        </>
      )}
    >
      <DialogOf
        item={editing}
        title={(item) => (item === 'new' || item === null ? w.add_title : w.edit_title(item.word))}
        onClose={() => setEditing(null)}
      >
        {(item) =>
          inbox ? (
            <JoinWordForm
              inbox={inbox}
              word={item === 'new' ? null : item}
              onDone={() => setEditing(null)}
            />
          ) : null
        }
      </DialogOf>
      <ConfirmOf
        item={removing}
        title={w.remove_title}
        action={w.remove}
        danger
        onClose={() => setRemoving(null)}
        onConfirm={({ id, inbox_id }) => removeJoinWord(inbox_id, id)}
      >
        {w.remove_detail}
      </ConfirmOf>
    </ListPage>
  );
}
