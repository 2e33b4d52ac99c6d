import { Progress } from '@base-ui/react/progress';

/** How far a piece of work has come. */
export function Meter({ label, done, total }: { label: string; done: number; total: number }) {
  return (
    <Progress.Root
      value={total > 0 ? Math.round((done / total) * 100) : null}
      className="flex flex-col gap-1.5"
    >
      <div className="flex justify-between text-label">
        <Progress.Label className="text-muted">{label}</Progress.Label>
        <Progress.Value />
      </div>
      <Progress.Track className="h-1.5 overflow-hidden rounded-full bg-sunken">
        <Progress.Indicator className="h-full bg-accent transition-[width] duration-200" />
      </Progress.Track>
    </Progress.Root>
  );
}
