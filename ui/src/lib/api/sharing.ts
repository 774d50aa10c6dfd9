import type { PhotoPage } from '../timeline/day-pages';
import { PAGE_SIZE } from '../grid/blocks';
import type { Selection } from '../selection/selection';
import { answerOf, type Api } from './transport';
import type { PhotoSharing, PigPhoto, SharingOptions, SimpleUser } from './types';

/** With whom photos are shared, and what is told of them. */
export interface PhotoShareChange {
  shared: boolean;
  users: number[];
  options?: SharingOptions;
}

/** What users of the server show each other. */
export class SharingApi {
  constructor(private readonly api: Api) {}

  /** Everybody who has an account. */
  async users(signal?: AbortSignal): Promise<SimpleUser[]> {
    const { results } = await answerOf(this.api.GET('/api/user/', { signal }));
    return results.map(({ id, username, first_name = '', last_name = '' }) => ({
      ...{ id, username, first_name, last_name },
    }));
  }

  /** One page (1-based) of the photos that others show, newest first. */
  async sharedWithMe(page: number, signal?: AbortSignal): Promise<PhotoPage<PigPhoto>> {
    const params = { query: newest(page) };
    const { results, next } = await answerOf(
      this.api.GET('/api/photos/shared/tome/', { params, signal }),
    );
    return { photos: results, isLast: next === null };
  }

  /** One page (1-based) of one's photos that are shown to others, newest first. */
  async sharedByMe(page: number, signal?: AbortSignal): Promise<PhotoPage<PigPhoto>> {
    const params = { query: newest(page) };
    const { results, next } = await answerOf(
      this.api.GET('/api/photos/shared/fromme/', { params, signal }),
    );
    return { photos: results.map(({ photo }) => photo), isLast: next === null };
  }

  /** Show photos to users, or no longer; return how many of these there are more, or fewer. */
  async share(selection: Selection, { shared, users, options }: PhotoShareChange): Promise<number> {
    const body = {
      ...selection,
      ...{ val_shared: shared, target_user_ids: users },
      ...(options ? { sharing_options: options } : {}),
    };
    return (await answerOf(this.api.POST('/api/photosedit/share/', { body }))).count;
  }

  /** To whom a photo of one's own is shown by itself. */
  shares(name: string, signal?: AbortSignal): Promise<PhotoSharing> {
    const params = { path: { name } };
    return answerOf(this.api.GET('/api/photos/{name}/shares/', { params, signal }));
  }
}

function newest(page: number): { page: string; page_size: string; newest: string } {
  return { page: String(page), page_size: String(PAGE_SIZE), newest: 'true' };
}
