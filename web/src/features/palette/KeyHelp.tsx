import { t } from '@/i18n/t';
import { bindings } from '@/lib/bindings';
import { type Command, keysOf, useRegistry } from '@/lib/commands';
import { Button } from '@/ui/Button';
import { Actions, Dialog } from '@/ui/Dialog';
import { Kbd } from '@/ui/Kbd';

/** The keys that work on this screen now, read from the commands themselves. */
export function KeyHelp({
  open,
  onOpenChange,
  onChange,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onChange: () => void;
}) {
  const commands = useRegistry((state) => state.commands);
  const own = bindings((state) => state.own);
  const groups = new Map<string, { command: Command; keys: string }[]>();
  for (const command of commands.values()) {
    const keys = keysOf(command.id, command.keys, own);
    if (!keys) continue;
    groups.set(command.group, [...(groups.get(command.group) ?? []), { command, keys }]);
  }
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t.help.title}
      description={t.help.intro}
      width="lg"
    >
      <div className="columns-1 gap-8 md:columns-2">
        {[...groups].map(([label, entries]) => (
          <section key={label} className="mb-4 break-inside-avoid">
            <h3 className="mb-1 font-semibold text-label text-muted">{label}</h3>
            <dl>
              {entries.map(({ command, keys }) => (
                <div key={command.id} className="flex min-h-7 items-center justify-between gap-3">
                  <dt>{command.label}</dt>
                  <dd>
                    <Kbd keys={keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <Actions>
        <Button onClick={onChange}>{t.help.change}</Button>
      </Actions>
    </Dialog>
  );
}
