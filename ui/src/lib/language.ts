import type { Store } from './api/browser-storage';
import { locales, overwriteGetLocale, type Locale } from './paraglide/runtime';

/** What each language is called by those who speak it. */
export const LANGUAGES: Record<Locale, string> = { en: 'English', de: 'Deutsch' };

/** Where no region is told, dates are written as most who read the language in Europe do. */
const REGIONS: Record<Locale, string> = { en: 'en-GB', de: 'de-DE' };

const KEY = 'language';

/**
 * The language of the page. Its texts stand in `messages/LOCALE/`; Paraglide makes of each a
 * function, which is called when the text is drawn and never while a module is loaded.
 */
export class Language {
  /** What was chosen here, or else the first of the reader's that there is, or English. */
  readonly current: Locale;
  /** How dates and numbers are written, as "de-AT": as in the reader's own region. */
  readonly region: string;

  /** `preferred` are the languages of the browser, the dearest first. */
  constructor(
    private readonly store: Store,
    preferred: readonly string[],
  ) {
    const wanted = [store.getItem(KEY) ?? '', ...preferred].map(languageOf);
    const known = wanted.flatMap((name) => locales.filter((locale) => locale === name));
    this.current = known[0] ?? 'en';
    this.region =
      preferred.find((name) => languageOf(name) === this.current) ?? REGIONS[this.current];
  }

  get others(): Locale[] {
    return locales.filter((locale) => locale !== this.current);
  }

  /** Have all that is drawn from now on be in this language. */
  speak(root: HTMLElement): void {
    overwriteGetLocale(() => this.current);
    root.lang = this.current;
  }

  /** Keep another language for this and later visits: the page has to be loaded again. */
  choose(language: Locale): void {
    this.store.setItem(KEY, language);
  }
}

function languageOf(name: string): string {
  return name.toLowerCase().split('-')[0] ?? '';
}
