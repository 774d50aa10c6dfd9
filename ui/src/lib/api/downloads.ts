import type { Selection } from '../selection/selection';
import { answerOf, type Api } from './transport';
import type { DownloadState, StartedDownload } from './types';

/** What an archive is to hold: chosen photos, or an album of one's own. */
export type DownloadSource = Selection | { user_album: number };

export interface DownloadWishes {
  /** The name of the archive; "" has the server choose one. */
  title: string;
  size: 'original' | 'large';
  /** RAW files, films and sidecars of the photos as well. */
  everyFile: boolean;
}

/** Archives of photos, which are prepared and then fetched by the browser itself. */
export class DownloadsApi {
  constructor(private readonly api: Api) {}

  start(source: DownloadSource, wishes: DownloadWishes): Promise<StartedDownload> {
    const { title, size, everyFile: include_stacked_photos } = wishes;
    const body = { ...source, title, size, include_stacked_photos };
    return answerOf(this.api.POST('/api/photos/download/', { body }));
  }

  state(job: string, signal?: AbortSignal): Promise<DownloadState> {
    const params = { query: { job_id: job } };
    return answerOf(this.api.GET('/api/photos/download/', { params, signal }));
  }

  async remove(archive: string): Promise<void> {
    const params = { path: { name: archive } };
    await this.api.DELETE('/api/delete/zip/{name}/', { params });
  }
}
