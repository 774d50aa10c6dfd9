/** Put the text of a field into the clipboard; whether it is there. */
export async function copyOf(field: HTMLInputElement): Promise<boolean> {
  // Without HTTPS a browser has no clipboard for pages, but copies what is selected.
  if ('clipboard' in navigator) {
    try {
      await navigator.clipboard.writeText(field.value);
      return true;
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
    }
  }
  field.focus();
  field.select();
  return document.execCommand('copy');
}
