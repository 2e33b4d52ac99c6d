/** Where a message is found again, by anyone who may read it. */
export const permalink = (conversation: string, message: string) =>
  `${location.origin}/inbox/${conversation}?message=${message}`;

/** Whether the browser let it be copied: only pages served over TLS, or from this machine, may. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
