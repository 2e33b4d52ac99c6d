/** How a person writes the number: (415) 555-0134 at home, +44 7700 900123 elsewhere. */
export function formatAddress(address: string): string {
  const home = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(address);
  if (home) return `(${home[1]}) ${home[2]}-${home[3]}`;
  const abroad = /^\+(\d{1,3}?)(\d{3,4})(\d{3})(\d{3})$/.exec(address);
  if (abroad) return `+${abroad[1]} ${abroad[2]} ${abroad[3]} ${abroad[4]}`;
  return address;
}

/** Digits as typed into E.164, for numbers of North America and those with a plus; else null. */
export function parseAddress(typed: string): string | null {
  const text = typed.trim();
  const digits = text.replace(/\D/g, '');
  if (text.startsWith('+')) return digits.length >= 8 && digits.length <= 15 ? `+${digits}` : null;
  if (digits.length === 10) return `+1${digits}`;
  if (digits.length === 11 && digits.startsWith('1')) return `+${digits}`;
  return null;
}

/** What to call a customer: the name, else the number as a person writes it. */
export function customerName(customer: { name?: string | null; address?: string }): string {
  return customer.name?.trim() || formatAddress(customer.address ?? '');
}
