/** Local storage that may be full, blocked or written by an older version: never throws. */
export function read<Value>(key: string, check: (value: unknown) => value is Value): Value | null {
  try {
    const text = localStorage.getItem(key);
    if (text === null) return null;
    const value: unknown = JSON.parse(text);
    return check(value) ? value : null;
  } catch {
    return null;
  }
}

export function write(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A full or blocked storage costs comfort, never work: the server has its own copy.
  }
}

export function erase(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing to erase then.
  }
}

/** Removes what is kept under keys of ours that a test picks, in this browser and in this tab. */
export function eraseWhere(picks: (key: string) => boolean): void {
  for (const storage of storages()) {
    try {
      const keys = Array.from({ length: storage.length }, (_, at) => storage.key(at));
      for (const key of keys) if (key?.startsWith('hark.') && picks(key)) storage.removeItem(key);
    } catch {
      // Blocked: then nothing was kept in it either.
    }
  }
}

function storages(): Storage[] {
  try {
    return [localStorage, sessionStorage];
  } catch {
    return [];
  }
}

export const isString = (value: unknown): value is string => typeof value === 'string';
export const isNumber = (value: unknown): value is number => typeof value === 'number';
export const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
