import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { t } from '@/i18n/t';
import { Button } from './Button';
import { Field } from './Field';

/** A value to take along: a link, a secret shown once. */
export function CopyField({ label, value, hint }: { label: string; value: string; hint?: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <Field label={label} hint={hint}>
      {(slots) => (
        <div className="flex gap-2">
          <input
            {...slots}
            readOnly
            value={value}
            onFocus={(event) => event.currentTarget.select()}
            className="h-9 min-w-0 flex-1 rounded-control border border-line-strong bg-sunken px-2.5 font-mono text-label max-md:h-11"
          />
          <Button
            className="h-9 max-md:h-11"
            icon={copied ? Check : Copy}
            onClick={async () => {
              await navigator.clipboard.writeText(value);
              setCopied(true);
            }}
          >
            {copied ? t.common.copied : t.common.copy}
          </Button>
        </div>
      )}
    </Field>
  );
}
