/** Lines where one may be called by day, by the hours in which their clocks stand between 9 and 20. */
const LINES = [
  { zone: 'America/New_York', number: '+1212555' },
  { zone: 'Pacific/Honolulu', number: '+1808555' },
  { zone: 'Pacific/Guam', number: '+1671555' },
  { zone: 'Europe/London', number: '+44207946' },
] as const;

/**
 * The number of a customer who is awake just now. A text to somebody who has not texted first waits for
 * the morning by the customer's clock, and the journeys are walked at any hour of ours.
 */
export function awake(lastFour: string): string {
  const hour = (timeZone: string) =>
    Number(new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit' }).format());
  const line = LINES.find(({ zone }) => hour(zone) >= 9 && hour(zone) < 20);
  if (!line) throw new Error('it is night everywhere');
  return line.number + lastFour;
}
