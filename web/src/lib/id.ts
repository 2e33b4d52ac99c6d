/**
 * A message id made here: it is also the key that makes a second POST harmless. UUIDv7, so rows that
 * are created together lie together in the database.
 */
export function messageId(now: number = Date.now(), random: Uint8Array = randomBytes()): string {
  const bytes = new Uint8Array(16);
  bytes.set(random.subarray(0, 10), 6);
  for (let at = 5, rest = now; at >= 0; at -= 1, rest = Math.floor(rest / 256))
    bytes[at] = rest % 256;
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return `msg_${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

function randomBytes(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(10));
}
