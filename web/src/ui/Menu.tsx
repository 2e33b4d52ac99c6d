import {
  type ButtonHTMLAttributes,
  cloneElement,
  type ReactElement,
  type ReactNode,
  useEffect,
  useRef,
  useState,
} from 'react';

const load = () => import('./MenuPopup');
type Parts = Awaited<ReturnType<typeof load>>;
let parts: Parts | null = null;

/**
 * A button with a list of deeds. The popup's machinery loads when the page is idle; the button is
 * there from the start and stays the same element throughout.
 */
export function Menu({
  trigger,
  align = 'end',
  side = 'bottom',
  children,
}: {
  trigger: ReactElement<ButtonHTMLAttributes<HTMLButtonElement>>;
  align?: 'start' | 'end';
  side?: 'top' | 'bottom' | 'right';
  /** Drawn only while open, from the popup's own parts. */
  children: (parts: Pick<Parts, 'MenuItem' | 'MenuLabel' | 'MenuSeparator'>) => ReactNode;
}) {
  const [open, setOpen] = useState(false);
  const [ready, setReady] = useState(parts !== null);
  const anchor = useRef<HTMLSpanElement>(null);
  const openAtPress = useRef(false);
  useEffect(() => {
    if (ready || !open) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const run = () => {
      load().then(
        (loaded) => {
          parts = loaded;
          setReady(true);
        },
        // The line is down, and someone waits for the menu.
        () => {
          timer = setTimeout(run, 1000);
        },
      );
    };
    run();
    return () => clearTimeout(timer);
  }, [ready, open]);
  useEffect(() => {
    if (parts) return;
    const timer = setTimeout(() => {
      load().then(
        (loaded) => {
          parts = loaded;
        },
        () => {
          // Fetched ahead only: opening it asks again.
        },
      );
    }, 1500);
    return () => clearTimeout(timer);
  }, []);

  return (
    <span ref={anchor} className="inline-flex">
      {cloneElement(trigger, {
        'aria-haspopup': 'menu',
        'aria-expanded': open,
        onPointerDown: () => {
          // The press that closes an open popup must not open it again.
          openAtPress.current = open;
        },
        onClick: () => {
          setOpen(!openAtPress.current);
          openAtPress.current = false;
          if (parts) setReady(true);
        },
      })}
      {ready && parts ? (
        <parts.MenuPopup
          open={open}
          onOpenChange={setOpen}
          anchor={anchor}
          align={align}
          side={side}
        >
          {open ? children(parts) : null}
        </parts.MenuPopup>
      ) : null}
    </span>
  );
}
