import type { PigPhoto } from '../api/types';
import { formatDay, formatDayLabel } from '../dates/format';
import { PAGE_SIZE, type Section } from '../grid/blocks';

/** What the keys of groups begin with of which nothing is read yet. */
export const UNREAD = 'unread';
const NO_DATE = 'no-date';

/** A page of a list, and whether others follow. */
export interface PhotoPage<Item extends PigPhoto> {
  photos: Item[];
  isLast: boolean;
}

/** A list of photos without a known end, read page by page as far as it is looked at. */
export abstract class DayPages<Item extends PigPhoto> {
  #seen = new Set<string>();
  #groups = new Map<string, Item[]>();
  #pages = 0;
  #isWhole = false;
  #reading: Promise<void> | null = null;

  /** Read a page (1-based) of at most PAGE_SIZE photos. */
  protected abstract ask(page: number): Promise<PhotoPage<Item>>;

  /** What a photo stands under: its day, unless the list knows better. */
  protected groupOf(photo: Item): string {
    return photo.date?.slice(0, 10) || NO_DATE;
  }

  /** Days, undated photos, and what else the list has names for; then what is unread. */
  sections(now: Date, locale: string, names: Record<string, string> = {}): Section[] {
    const sections = [...this.#groups].map(([key, photos]): Section => {
      const date = key === NO_DATE || key in names ? null : key;
      const title = names[key] ?? formatDay(date, now, locale);
      const label = names[key] ?? formatDayLabel(date, now, locale);
      const place = date === null ? '' : placeOf(photos);
      return { key, title, label, place, date, count: photos.length, revision: photos };
    });
    if (this.#isWhole) return sections;
    const key = `${UNREAD}/${this.#pages}`;
    return [
      ...sections,
      { key, title: '', label: '', place: '', date: null, count: PAGE_SIZE, revision: key },
    ];
  }

  /** Whether a section stands for what is not read yet. */
  isUnread(section: Section): boolean {
    return section.key.startsWith(UNREAD);
  }

  /** One page (1-based) of a section that is read. */
  page(section: Section, page: number): Item[] {
    const photos = this.#groups.get(section.key) ?? [];
    return photos.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE);
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

  /** Read the first page, and as many as there are up to a number of them. */
  async readTo(pages: number): Promise<void> {
    do await this.readMore();
    while (this.#pages < pages && !this.#isWhole);
  }

  async #read(): Promise<void> {
    if (this.#isWhole) return;
    const { photos, isLast } = await this.ask(this.#pages + 1);
    this.#pages += 1;
    this.#isWhole = isLast;
    // A photo that was added meanwhile moves others to a later page.
    const fresh = photos.filter((photo) => !this.#seen.has(photo.id));
    for (const photo of fresh) {
      this.#seen.add(photo.id);
      const key = this.groupOf(photo);
      this.#groups.set(key, [...(this.#groups.get(key) ?? []), photo]);
    }
  }
}

/** Where the photos of a day were taken, by the first that knows. */
function placeOf(photos: PigPhoto[]): string {
  return photos.find((photo) => photo.location)?.location ?? '';
}
