import { useQuery } from '@tanstack/react-query';
import { UserRound, UserRoundX } from 'lucide-react';
import { membersQuery } from '@/api/settings';
import { t } from '@/i18n/t';
import { PickDialog } from '@/ui/PickDialog';

export function AssignDialog({
  open,
  me,
  onOpenChange,
  onAssign,
}: {
  open: boolean;
  me: { id: string; name: string };
  onOpenChange: (open: boolean) => void;
  onAssign: (member: { id: string; name: string } | null) => void;
}) {
  const members = useQuery({ ...membersQuery, enabled: open }).data?.items ?? [];
  const active = members.filter((member) => member.disabled_at === null);
  const others = active.filter((member) => member.id !== me.id);
  return (
    <PickDialog
      open={open}
      onOpenChange={onOpenChange}
      label={t.actions.assign}
      placeholder={t.actions.assign_placeholder}
      empty={t.actions.assign_empty}
      groups={[
        {
          label: t.actions.members,
          items: [
            { id: me.id, label: me.name, hint: t.common.you, icon: UserRound },
            ...others.map((member) => ({
              id: member.id,
              label: member.name,
              also: member.email,
              icon: UserRound,
            })),
            { id: '', label: t.actions.assign_nobody, icon: UserRoundX },
          ],
        },
      ]}
      onPick={(item) => onAssign(item.id ? { id: item.id, name: item.label } : null)}
    />
  );
}
