import { Clock3 } from 'lucide-react';
import { useState } from 'react';
import { t } from '@/i18n/t';
import { parseSnooze, snoozeChoices } from '@/lib/snooze-time';
import { fullTime, moment } from '@/lib/time';
import { PickDialog } from '@/ui/PickDialog';

/** Type a time in words, or take one of the usual ones. */
export function SnoozeDialog({
  open,
  onOpenChange,
  onSnooze,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onSnooze: (until: number) => void;
}) {
  const [query, setQuery] = useState('');
  const now = Date.now();
  const typed = parseSnooze(query, now);
  const choices = snoozeChoices(now).filter((choice) =>
    choice.label.toLowerCase().includes(query.trim().toLowerCase()),
  );
  const items = [
    ...(typed !== null
      ? [
          {
            id: String(typed),
            label: `${t.actions.snooze_until} ${moment(typed, now)}`,
            hint: fullTime(typed),
            icon: Clock3,
          },
        ]
      : []),
    ...choices
      .filter((choice) => choice.at !== typed)
      .map((choice) => ({
        id: String(choice.at),
        label: choice.label,
        hint: moment(choice.at, now),
        icon: Clock3,
      })),
  ];
  return (
    <PickDialog
      open={open}
      onOpenChange={(next) => {
        if (!next) setQuery('');
        onOpenChange(next);
      }}
      label={t.actions.snooze_until}
      placeholder={t.actions.snooze_placeholder}
      empty={t.actions.snooze_empty}
      filtered
      query={query}
      onQuery={setQuery}
      groups={items.length > 0 ? [{ label: t.actions.times, items }] : []}
      onPick={(item) => {
        setQuery('');
        onSnooze(Number(item.id));
      }}
    />
  );
}
