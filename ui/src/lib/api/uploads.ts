import { answerOf, type Api } from './transport';
import type { CompletedUpload, ReceivedChunk, UnfinishedUpload } from './types';

/** What is told of a file with its first chunk. */
export interface ToldFile {
  name: string;
  size: number;
  md5: string;
}

/** Sending files, a chunk at a time. */
export class UploadsApi {
  constructor(private readonly api: Api) {}

  /** Whether one's library has a file of this MD5. */
  async exists(md5: string, user: number, signal?: AbortSignal): Promise<boolean> {
    const params = { path: { name: `${md5}${user}` } };
    return (await answerOf(this.api.GET('/api/exists/{name}/', { params, signal }))).exists;
  }

  /** What can be gone on with. */
  unfinished(signal?: AbortSignal): Promise<UnfinishedUpload[]> {
    return answerOf(this.api.GET('/api/upload/', { signal }));
  }

  /** How much of an upload has arrived. */
  state(id: string, signal?: AbortSignal): Promise<UnfinishedUpload> {
    const params = { path: { upload_id: id } };
    return answerOf(this.api.GET('/api/upload/{upload_id}/', { params, signal }));
  }

  /** Send a chunk that begins at `start`; the first one has no `id` yet. */
  send(
    chunk: Blob,
    start: number,
    id: string,
    { name, size, md5 }: ToldFile,
    signal?: AbortSignal,
  ): Promise<ReceivedChunk> {
    const body = new FormData();
    // In front of the file, so that it is known by then.
    if (id !== '') body.set('upload_id', id);
    const said = { md5, size: String(size), filename: name, offset: String(start) };
    for (const [field, value] of Object.entries(said)) body.set(field, value);
    body.set('file', chunk, 'blob');
    const headers = { 'Content-Range': `bytes ${start}-${start + chunk.size - 1}/${size}` };
    const options = { body: body as never, headers, signal };
    return answerOf(this.api.POST('/api/upload/', options));
  }

  /** Have an upload checked and put into the library. */
  complete(
    id: string,
    { name, md5 }: ToldFile,
    modified: number,
    signal?: AbortSignal,
  ): Promise<CompletedUpload> {
    const body = new FormData();
    // When it was taken a browser does not know; the last change it does.
    const said = { upload_id: id, md5, filename: name, device_modified_at: String(modified) };
    for (const [field, value] of Object.entries(said)) body.set(field, value);
    return answerOf(this.api.POST('/api/upload/complete/', { body: body as never, signal }));
  }

  /** Forget what has arrived of an upload. */
  async discard(id: string): Promise<void> {
    await this.api.DELETE('/api/upload/{upload_id}/', { params: { path: { upload_id: id } } });
  }
}
