import { tick } from 'svelte';
import type { PigPhoto } from '../api/types';
import type { Section } from '../grid/blocks';
import type { Router } from '../routing/router.svelte';
import type { ViewQuery } from '../selection/selection';
import type { DayPages } from './day-pages';
import type { LoadedSections } from './sections';

const MOST_PAGES = 30;

/** The sections of a list, which grow as its end comes into view. */
export class GrowingSections implements LoadedSections {
  sections = $state.raw<Section[]>([]);

  /** `list` names the sections of what `pages` has read. */
  constructor(
    private readonly pages: DayPages<PigPhoto>,
    private readonly list: () => Section[],
    private readonly router: Router,
    readonly query: ViewQuery | null = null,
  ) {}

  /** Read as much as was shown before, or when this step of history was left. */
  async read(before: GrowingSections | null): Promise<this> {
    const wanted = before?.pages.pages ?? this.router.place.pages ?? 1;
    await this.pages.readTo(Math.min(MOST_PAGES, wanted));
    this.sections = this.list();
    return this;
  }

  page = async (section: Section, page: number): Promise<PigPhoto[]> => {
    if (!this.pages.isUnread(section)) return this.pages.page(section, page);
    await this.pages.readMore();
    this.router.remember({ pages: this.pages.pages });
    this.sections = this.list();
    // The grid knows the new sections before it looks for what comes next.
    await tick();
    return [];
  };
}
