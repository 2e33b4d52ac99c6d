// The texts that are sent, and how a centre finds them again in what it got.

export function equal(found, wanted, what) {
  if (found !== wanted) throw new Error(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`);
}

const shapes = [
  () => "short, with $ and @ and €",
  () => `long ${"abc[€]".repeat(60)}`,
  () => "Grüße 😀 – ä",
  () => `lang ${"😀é".repeat(70)}`,
  () => "a".repeat(155),
  () => `seven ${"x".repeat(300)}`,
  () => "",
];

/** The text of a number; every one has its number in it. */
export const textOf = (number) => `${number} ${shapes[number % shapes.length]()}`;

/** The texts that units add up to: number of the receiver to all that arrived there. */
export function wholeTexts(units) {
  const open = new Map();
  const whole = new Map();
  const arrived = (to, text) => {
    const number = Number(to.slice(4));
    whole.set(number, [...(whole.get(number) ?? []), text]);
  };
  for (const unit of units) {
    if (unit.total <= 1) {
      arrived(unit.to, { body: unit.body, ids: [unit.id] });
      continue;
    }
    const key = `${unit.to} ${unit.reference}`;
    const parts = open.get(key) ?? new Map();
    if (parts.has(unit.part)) throw new Error(`part ${unit.part} of a text to ${unit.to} came twice`);
    parts.set(unit.part, unit);
    open.set(key, parts);
    if (parts.size === unit.total) {
      const sorted = [...parts.values()].sort((one, other) => one.part - other.part);
      arrived(unit.to, { body: sorted.map(({ body }) => body).join(""), ids: sorted.map(({ id }) => id) });
      open.delete(key);
    }
  }
  return whole;
}
