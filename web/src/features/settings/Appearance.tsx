import { Monitor, Moon, Sun } from 'lucide-react';
import { t } from '@/i18n/t';
import { useTheme } from '@/lib/theme';
import { Page, Section } from '@/ui/Page';
import { SegmentedControl } from '@/ui/SegmentedControl';

export function Appearance() {
  const { theme, setTheme } = useTheme();
  return (
    <Page title={t.settings.pages.appearance} intro={t.settings.appearance.intro}>
      <Section title={t.settings.appearance.theme}>
        <SegmentedControl
          label={t.settings.appearance.theme}
          value={theme}
          onChange={setTheme}
          options={[
            { value: 'system', label: t.nav.theme_system, icon: Monitor },
            { value: 'light', label: t.nav.theme_light, icon: Sun },
            { value: 'dark', label: t.nav.theme_dark, icon: Moon },
          ]}
        />
      </Section>
    </Page>
  );
}
