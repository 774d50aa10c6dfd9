// @vitest-environment jsdom
import { afterEach, describe, expect, it } from 'vitest';
import { BrowserStorage } from './api/browser-storage';
import { formatDay } from './dates/format';
import { Language } from './language';
import { m } from './paraglide/messages';
import { overwriteGetLocale } from './paraglide/runtime';

/** The language of a browser that forbids storage, so that memory is all there is. */
function languageOf(preferred: string[], chosen?: 'en' | 'de'): Language {
  const store = new BrowserStorage(() => {
    throw new DOMException('forbidden');
  });
  if (chosen !== undefined) new Language(store, preferred).choose(chosen);
  return new Language(store, preferred);
}

afterEach(() => overwriteGetLocale(() => 'en'));

describe('the language of the page', () => {
  it('is the first of the reader that there is, as it is written in their region', () => {
    expect(languageOf(['la', 'de-AT', 'en-US'])).toMatchObject({ current: 'de', region: 'de-AT' });
    expect(languageOf(['en-US', 'de'])).toMatchObject({ current: 'en', region: 'en-US' });
    expect(languageOf(['la'])).toMatchObject({ current: 'en', region: 'en-GB' });
    expect(languageOf([])).toMatchObject({ current: 'en', region: 'en-GB' });
  });

  it('is what was chosen, whatever the browser prefers', () => {
    expect(languageOf(['en-US'], 'de')).toMatchObject({ current: 'de', region: 'de-DE' });
    const { others } = languageOf(['de-CH'], 'en');
    expect([others.includes('en'), others.includes('de')]).toEqual([false, true]);
  });

  it('is spoken by texts, counts and dates', () => {
    const root = document.createElement('html');
    languageOf(['de-DE']).speak(root);
    expect(root.lang).toBe('de');
    expect(m.shell_title_people()).toBe('Personen');
    expect([0, 1, 1204].map((count) => m.common_photos({ count }))).toEqual([
      '0 Fotos',
      '1 Foto',
      '1.204 Fotos',
    ]);
    expect(formatDay('2021-07-05', new Date(), 'de-DE')).toBe('Montag, 5. Juli 2021');
    expect(formatDay(null, new Date(), 'de-DE')).toBe('Ohne Datum');
  });
});
