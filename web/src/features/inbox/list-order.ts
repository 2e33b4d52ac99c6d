import type { Conversation } from '@/api/conversations';

/**
 * The order shown while a person looks somewhere in the list: what they see keeps its place and takes
 * only its new content; what is new or has moved up waits behind the "3 new" pill.
 */
export function heldOrder(shown: readonly string[], rows: readonly Conversation[]) {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const known = new Set(shown);
  const kept: Conversation[] = [];
  for (const id of shown) {
    const row = byId.get(id);
    if (row) kept.push(row);
  }
  const lastKept = kept[kept.length - 1];
  const end = lastKept ? rows.findIndex((row) => row.id === lastKept.id) : -1;
  // Older pages arrive below and may be appended at once: nothing moves.
  const below = rows.filter((row, at) => !known.has(row.id) && at > end);
  const fresh = countFresh(kept, rows, known, end);
  return { rows: [...kept, ...below], fresh };
}

/** Rows that came in above, and rows that now stand above one they stood below. */
function countFresh(
  kept: readonly Conversation[],
  rows: readonly Conversation[],
  known: Set<string>,
  end: number,
) {
  const place = new Map(rows.map((row, at) => [row.id, at]));
  const added = rows.filter((row, at) => !known.has(row.id) && at < end).length;
  let lowest = -1;
  let moved = 0;
  for (const row of kept) {
    const now = place.get(row.id) ?? 0;
    if (now < lowest) moved += 1;
    else lowest = now;
  }
  return added + moved;
}
