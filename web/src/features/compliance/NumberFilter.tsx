import { type FormEvent, useEffect, useState } from 'react';
import { t } from '@/i18n/t';
import { formatAddress, parseAddress } from '@/lib/phone';
import { Button } from '@/ui/Button';
import { TextField } from '@/ui/Field';

const w = t.compliance;

/** One number to look at, typed as people write it; empty means all. */
export function NumberFilter({
  number,
  action,
  onNumber,
}: {
  /** In E.164, or empty. */
  number: string;
  action: string;
  onNumber: (number: string) => void;
}) {
  const [typed, setTyped] = useState(number ? formatAddress(number) : '');
  const [wrong, setWrong] = useState(false);
  useEffect(() => {
    if (number) setTyped(formatAddress(number));
  }, [number]);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    const address = parseAddress(typed);
    setWrong(!address && typed.trim() !== '');
    if (address) onNumber(address);
    else if (typed.trim() === '') onNumber('');
  };
  return (
    <form onSubmit={onSubmit} className="mb-4 flex flex-wrap items-start gap-2">
      <TextField
        label={w.number}
        type="tel"
        className="min-w-[200px] flex-1"
        value={typed}
        hint={w.number_hint}
        error={wrong ? w.bad_number : undefined}
        onChange={(event) => setTyped(event.target.value)}
      />
      <div className="flex gap-2 pt-5 max-md:w-full max-md:pt-0 max-md:[&>button]:flex-1">
        <Button type="submit" className="h-9 max-md:h-11">
          {action}
        </Button>
        {number ? (
          <Button
            tone="quiet"
            className="h-9 max-md:h-11"
            onClick={() => {
              setTyped('');
              setWrong(false);
              onNumber('');
            }}
          >
            {w.clear}
          </Button>
        ) : null}
      </div>
    </form>
  );
}
