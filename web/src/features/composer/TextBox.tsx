import { type ComponentProps, useMemo } from 'react';
import { cn } from '@/lib/cn';

/** Splits words at the characters to be marked. */
export function markedPieces(
  text: string,
  marks: ReadonlySet<string>,
): { text: string; marked: boolean }[] {
  const pieces: { text: string; marked: boolean }[] = [];
  for (const char of text) {
    const marked = marks.has(char);
    const last = pieces[pieces.length - 1];
    if (last && last.marked === marked) last.text += char;
    else pieces.push({ text: char, marked });
  }
  return pieces;
}

/**
 * A text field that grows with its words and underlines some of them. A copy of the words lies under
 * the field: it gives the height and carries the marks, for a field cannot hold any.
 */
export function TextBox({
  value,
  marks,
  className,
  ...rest
}: { value: string; marks: ReadonlySet<string> } & Omit<ComponentProps<'textarea'>, 'value'>) {
  const pieces = useMemo(() => markedPieces(value, marks), [value, marks]);
  const shape =
    'col-start-1 row-start-1 min-h-[44px] whitespace-pre-wrap wrap-anywhere px-3 py-2 text-text';
  return (
    <div className={cn('grid max-h-[38vh] overflow-y-auto', className)}>
      <div aria-hidden className={cn(shape, 'pointer-events-none text-transparent')}>
        {pieces.map((piece, at) =>
          piece.marked ? (
            <mark
              // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text, in order
              key={at}
              className="underline decoration-[1.5px] decoration-warn decoration-wavy underline-offset-2"
            >
              {piece.text}
            </mark>
          ) : (
            piece.text
          ),
        )}
        {'\u200b'}
      </div>
      <textarea
        value={value}
        rows={1}
        className={cn(shape, 'resize-none overflow-hidden bg-transparent text-ink outline-none')}
        {...rest}
      />
    </div>
  );
}
