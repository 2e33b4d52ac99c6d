// Runs before first paint so that a dark desk never flashes white. A file, not an inline script:
// the content security policy allows scripts from this origin only.
(() => {
  let choice = null;
  try {
    choice = localStorage.getItem('hark.theme');
  } catch {
    // Storage may be blocked; the system's choice is then the best guess.
  }
  const dark =
    choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
