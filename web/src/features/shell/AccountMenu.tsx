import { LogOut, Monitor, Moon, Sun } from 'lucide-react';
import type { Me } from '@/api/session';
import { t } from '@/i18n/t';
import { type Theme, useTheme } from '@/lib/theme';
import { Avatar, initials } from '@/ui/Avatar';
import { Menu } from '@/ui/Menu';

const THEMES = [
  { theme: 'system', label: t.nav.theme_system, icon: Monitor },
  { theme: 'light', label: t.nav.theme_light, icon: Sun },
  { theme: 'dark', label: t.nav.theme_dark, icon: Moon },
] as const satisfies { theme: Theme; label: string; icon: typeof Sun }[];

/** Who is signed in, where else they belong, how it looks, the way out. */
export function AccountMenu({
  me,
  onWorkspace,
  onSignOut,
}: {
  me: Me;
  onWorkspace: (id: string) => void;
  onSignOut: () => void;
}) {
  const { theme, setTheme } = useTheme();
  const trigger = (
    <button
      type="button"
      aria-label={`${initials(me.member.name)}: ${t.nav.account}, ${me.member.name}`}
      className="mt-1 rounded-full p-1"
    >
      <Avatar name={me.member.name} tone="member" />
    </button>
  );
  return (
    <Menu trigger={trigger} side="right">
      {({ MenuItem, MenuLabel, MenuSeparator }) => (
        <>
          <MenuLabel>
            {me.member.name} · {me.workspace.name}
          </MenuLabel>
          {me.workspaces.length > 1 ? (
            <>
              {me.workspaces.map((workspace) => (
                <MenuItem
                  key={workspace.id}
                  checked={workspace.id === me.workspace.id}
                  onSelect={() => onWorkspace(workspace.id)}
                >
                  {workspace.name}
                </MenuItem>
              ))}
              <MenuSeparator />
            </>
          ) : null}
          {THEMES.map((item) => (
            <MenuItem
              key={item.theme}
              icon={item.icon}
              checked={item.theme === theme}
              onSelect={() => setTheme(item.theme)}
            >
              {item.label}
            </MenuItem>
          ))}
          <MenuSeparator />
          <MenuItem icon={LogOut} onSelect={onSignOut}>
            {t.nav.sign_out}
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
