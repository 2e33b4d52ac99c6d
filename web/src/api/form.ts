import { type FormEvent, useState } from 'react';
import { ApiError, errorText } from '@/api/errors';

/** A native form sent to the server: busy while it works, the server's words on each field after. */
export function useForm(submit: (values: (name: string) => string) => Promise<void>) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const onSubmit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy) return;
    const data = new FormData(event.currentTarget);
    setBusy(true);
    setFailure(null);
    try {
      await submit((name) => {
        const value = data.get(name);
        return typeof value === 'string' ? value : '';
      });
    } catch (cause) {
      setFailure(cause);
    } finally {
      setBusy(false);
    }
  };
  const problem = failure instanceof ApiError ? failure : null;
  return {
    busy,
    onSubmit,
    field: (name: string) => problem?.field(name),
    /** What is wrong with the whole, when no single field is to blame. */
    error: failure !== null && !problem?.hasFields ? errorText(failure) : null,
  };
}
