import { useEffect, useRef, useState } from 'react';
import { t } from '@/i18n/t';
import { bindings } from '@/lib/bindings';
import { KEY_CATALOGUE } from '@/lib/key-catalogue';
import { chordOf } from '@/lib/keyboard';
import { Button } from '@/ui/Button';
import { Kbd } from '@/ui/Kbd';
import { Page, Row, Rows, Section } from '@/ui/Page';
import { toast } from '@/ui/Toasts';

const w = t.settings.keyboard;

/** Every key can be changed or switched off: what helps one person trips another. */
export function Keyboard() {
  const { own, bind, reset } = bindings();
  const [recording, setRecording] = useState<string | null>(null);
  const keysFor = (id: string) =>
    id in own ? own[id] : KEY_CATALOGUE.find((item) => item.id === id)?.keys;

  const record = (id: string, keys: string) => {
    const other = KEY_CATALOGUE.find((item) => item.id !== id && keysFor(item.id) === keys);
    if (other) {
      bind(other.id, null);
      toast(w.taken(other.label));
    }
    bind(id, keys);
    setRecording(null);
  };

  return (
    <Page
      title={t.settings.pages.keyboard}
      intro={w.intro}
      actions={<Button onClick={reset}>{w.reset}</Button>}
    >
      <Section flush>
        <Rows>
          {KEY_CATALOGUE.map((item) => {
            const keys = keysFor(item.id);
            return (
              <Row key={item.id}>
                <span className="min-w-0 flex-1 max-md:min-w-40">{item.label}</span>
                {recording === item.id ? (
                  <Recorder
                    onKeys={(next) => record(item.id, next)}
                    onStop={() => setRecording(null)}
                  />
                ) : keys ? (
                  <Kbd keys={keys} />
                ) : (
                  <span className="text-faint">{w.none}</span>
                )}
                <Button
                  size="sm"
                  aria-label={`${w.change}: ${item.label}`}
                  onClick={() => setRecording(item.id)}
                >
                  {w.change}
                </Button>
                <Button
                  size="sm"
                  tone="quiet"
                  aria-label={`${w.off}: ${item.label}`}
                  disabled={!keys}
                  onClick={() => bind(item.id, null)}
                >
                  {w.off}
                </Button>
              </Row>
            );
          })}
        </Rows>
      </Section>
    </Page>
  );
}

function Recorder({ onKeys, onStop }: { onKeys: (keys: string) => void; onStop: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <input
      ref={field}
      readOnly
      aria-label={w.press}
      placeholder={w.press}
      onBlur={onStop}
      onKeyDown={(event) => {
        if (event.key === 'Tab') return;
        event.preventDefault();
        event.stopPropagation();
        if (event.key === 'Escape') {
          onStop();
          return;
        }
        const chord = chordOf(event.nativeEvent);
        if (chord) onKeys(chord);
      }}
      className="h-8 w-28 rounded-control border border-accent bg-surface px-2 text-center"
    />
  );
}
