import type { Customer } from '@/api/customers';
import { ApiError, errorText } from '@/api/errors';
import { later } from '@/i18n/later';
import { formatAddress } from '@/lib/phone';

const w = later.merge;

/** Our words for a refusal, by its code; the server's own where it has none of these. */
export function mergeError(error: unknown): string {
  return (error instanceof ApiError && w.errors[error.code]) || errorText(error);
}

/** What two customers are called who may have no names. */
export function nameOf({ name, addresses }: Pick<Customer, 'name' | 'addresses'>): string {
  return name || addresses.map(({ address }) => formatAddress(address)).join(', ') || w.no_name;
}
