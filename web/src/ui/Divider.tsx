import { useRef } from 'react';

const STEP_PX = 16;

/** The edge of a pane: dragged, or moved with arrows. */
export function Divider({
  label,
  of,
  width,
  bounds,
  onWidth,
}: {
  label: string;
  /** Whether the pane it belongs to stands before or after it. */
  of: 'before' | 'after';
  width: number;
  bounds: { min: number; max: number };
  onWidth: (width: number) => void;
}) {
  const drag = useRef<{ x: number; width: number } | null>(null);
  const grows = of === 'before' ? 1 : -1;
  return (
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width}
      aria-valuemin={bounds.min}
      aria-valuemax={bounds.max}
      tabIndex={0}
      onKeyDown={(event) => {
        if (event.key === 'ArrowLeft') onWidth(width - STEP_PX * grows);
        if (event.key === 'ArrowRight') onWidth(width + STEP_PX * grows);
      }}
      onPointerDown={(event) => {
        drag.current = { x: event.clientX, width };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        const from = drag.current;
        if (from) onWidth(from.width + (event.clientX - from.x) * grows);
      }}
      onPointerUp={() => {
        drag.current = null;
      }}
      className="relative z-10 -mx-1 w-2 shrink-0 cursor-col-resize touch-none hover:bg-accent/20"
    />
  );
}
