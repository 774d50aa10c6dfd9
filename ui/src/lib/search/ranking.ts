import type { PigPhoto, RankedPhoto, SearchAnswer, UnderstoodPart } from '../api/types';
import { formatDay } from '../dates/format';
import { PAGE_SIZE, type Section } from '../grid/model';

type Ask = (page: number) => Promise<SearchAnswer>;

const MEANING = 'meaning';
const UNREAD = 'unread';
const NO_DATE = 'no-date';

/** A ranking without a known end, read page by page as far as it is looked at. */
export class Ranking {
  #photos = new Map<string, RankedPhoto>();
  #groups = new Map<string, PigPhoto[]>();
  #pages = 0;
  #isWhole = false;
  #reading: Promise<void> | null = null;
  /** What became of the search by meaning, as the server says. */
  state = '';
  understood: UnderstoodPart[] = [];

  constructor(private readonly ask: Ask) {}

  /** What met the words by day, then what looks like them, then what is still unread. */
  sections(likeness: string, now: Date, locale: string): Section[] {
    const sections = [...this.#groups].map(([key, photos]): Section => {
      const date = key === MEANING || key === NO_DATE ? null : key;
      const title = key === MEANING ? likeness : formatDay(date, now, locale);
      const place = date === null ? '' : placeOf(photos);
      return { key, title, place, date, count: photos.length, revision: photos };
    });
    if (this.#isWhole) return sections;
    const key = `${UNREAD}/${this.#pages}`;
    return [...sections, { key, title: '', place: '', date: null, count: PAGE_SIZE, revision: key }];
  }

  /** Whether a section stands for what is not read yet. */
  isUnread(section: Section): boolean {
    return section.key.startsWith(UNREAD);
  }

  /** One page (1-based) of a section that is read. */
  page(section: Section, page: number): PigPhoto[] {
    const photos = this.#groups.get(section.key) ?? [];
    return photos.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE);
  }

  get hasMore(): boolean {
    return !this.#isWhole;
  }

  /** How many pages are read. */
  get pages(): number {
    return this.#pages;
  }

  /** Read the next page; calls at the same time share one. */
  readMore(): Promise<void> {
    this.#reading ??= this.#read().finally(() => (this.#reading = null));
    return this.#reading;
  }

  async #read(): Promise<void> {
    if (this.#isWhole) return;
    const answer = await this.ask(this.#pages + 1);
    this.#pages += 1;
    this.#isWhole = answer.results.length < PAGE_SIZE;
    this.state = answer.meaning?.state ?? this.state;
    this.understood = answer.understood ?? this.understood;
    // A photo that was added meanwhile moves others to a later page.
    const fresh = answer.results.filter((photo) => !this.#photos.has(photo.id));
    for (const photo of fresh) {
      this.#photos.set(photo.id, photo);
      const key = groupOf(photo);
      this.#groups.set(key, [...(this.#groups.get(key) ?? []), photo]);
    }
  }
}

function groupOf(photo: RankedPhoto): string {
  return photo.match === 'meaning' ? MEANING : photo.date?.slice(0, 10) || NO_DATE;
}

/** Where the photos of a day were taken, by the first that knows. */
function placeOf(photos: PigPhoto[]): string {
  return photos.find((photo) => photo.location)?.location ?? '';
}

/** What there is to say when photos were not ranked by meaning, or "". */
export function meaningNote(state: string): string {
  return NOTES[state] ?? '';
}

/** Whether somebody who looks after the models can help. */
export function lacksModel(state: string): boolean {
  return state === 'no_vectors' || state === 'model_unusable';
}

/** Whether the same search will soon be answered by meaning too. */
export function isLoading(state: string): boolean {
  return state === 'too_slow';
}

const NOTES: Record<string, string> = {
  no_vectors: 'Only words were searched: the model for search by meaning is not ready yet.',
  no_worker: 'Only words were searched: nothing works in the background just now.',
  too_slow: 'Only words were searched: the model for search by meaning is still loading …',
  model_unusable: 'Only words were searched: the model for search by meaning cannot be used.',
};
