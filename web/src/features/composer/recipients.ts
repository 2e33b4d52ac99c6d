import type { Customer } from '@/api/customers';
import { parseAddress } from '@/lib/phone';
import type { Recipient } from './new-text-draft';

/** What a look-up says of a customer, as far as it matters here. */
type Found = Pick<Customer, 'name' | 'addresses'>;

/** Most customers offered below the field. */
const OFFERED_MAX = 5;

/** What to look up for the words of the field: a whole number in E.164, else the words. */
export const lookUpOf = (typed: string) => parseAddress(typed) ?? typed.trim();

/**
 * Who may be meant. A number is called new only by an answer to that very number: before it the
 * answer is about something else, and the number may be a customer's.
 */
export function recipientsOf(
  typed: string,
  answer: { to: string; customers: Found[] | undefined; failed: boolean },
) {
  const number = parseAddress(typed);
  const customers = answer.customers ?? [];
  const answered =
    answer.to === lookUpOf(typed) && (answer.customers !== undefined || answer.failed);
  const isKnown = customers.some((row) => row.addresses.some((entry) => entry.address === number));
  const known = customers.flatMap((row): Recipient[] => {
    const meant = row.addresses.find((entry) => entry.address === number) ?? row.addresses[0];
    return meant ? [{ address: meant.address, name: row.name, known: true }] : [];
  });
  return {
    answered,
    /** The number as typed, of nobody we know; without a good answer nobody can say it is new. */
    unknown: number && answered && !isKnown ? { address: number, isNew: !answer.failed } : null,
    known: known
      .sort((a, b) => Number(b.address === number) - Number(a.address === number))
      .slice(0, OFFERED_MAX),
  };
}
