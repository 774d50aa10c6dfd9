// The script or the style of the page did not come, as while a new one is being built.
// This has neither a hash in its name nor a need of them, and so is there when they are not.
// It is deferred, so that it holds up nothing, and runs before the page's script.
const tell = () => {
  document.getElementById('not-loaded').hidden = false;
  document.querySelector('.boot')?.remove();
};
const isPart = (element) =>
  element instanceof HTMLScriptElement || element instanceof HTMLLinkElement;
addEventListener('error', ({ target }) => isPart(target) && tell(), true);
// A style may have failed before; it then is empty or not there, as the browser likes it.
const styles = [...document.querySelectorAll('link[rel=stylesheet]')];
if (styles.some(({ sheet }) => !sheet?.cssRules.length)) tell();
