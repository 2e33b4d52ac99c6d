const literal = (word: string) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Splits found words out of a snippet, by the words asked for. Markup in it is dropped, never drawn. */
export function snippetPieces(snippet: string, query: string): { text: string; found: boolean }[] {
  const text = snippet.replace(/<\/?(b|em|mark)>/gi, '');
  const words = query
    .trim()
    .split(/\s+/)
    .filter((word) => word.length > 1)
    .map(literal);
  if (words.length === 0) return [{ text, found: false }];
  return text
    .split(new RegExp(`(${words.join('|')})`, 'gi'))
    .map((piece, at) => ({ text: piece, found: at % 2 === 1 }))
    .filter((piece) => piece.text !== '');
}
