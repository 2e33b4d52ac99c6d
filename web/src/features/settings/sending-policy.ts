/** A limit as it is typed: nothing is none. */
export const capOf = (typed: string): number | null => (typed.trim() === '' ? null : Number(typed));

/** A list with one of its items a place earlier. */
export function raised<T>(list: readonly T[], at: number): T[] {
  const next = [...list];
  const [item] = next.splice(at, 1);
  if (item !== undefined) next.splice(Math.max(0, at - 1), 0, item);
  return next;
}
