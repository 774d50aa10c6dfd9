// The script or the style of the page did not come, as while a new one is being built.
// This has neither a hash in its name nor a need of them, and so is there when they are not.
addEventListener(
  'error',
  ({ target }) => {
    if (!(target instanceof HTMLScriptElement || target instanceof HTMLLinkElement)) return;
    const tell = () => {
      document.getElementById('not-loaded').hidden = false;
      document.querySelector('.boot')?.remove();
    };
    if (document.readyState === 'loading') addEventListener('DOMContentLoaded', tell);
    else tell();
  },
  true,
);
