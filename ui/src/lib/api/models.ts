import { answerOf, type Api } from './transport';
import type { Job, Model, SiteSettings, SiteSettingsChange } from './types';

/** The models that learn from photos: which there are, and which are in use. */
export class ModelsApi {
  constructor(private readonly api: Api) {}

  async list(signal?: AbortSignal): Promise<Model[]> {
    return (await answerOf(this.api.GET('/api/models/', { signal }))).results;
  }

  download(name: string): Promise<unknown> {
    const options = { params: { path: { name } }, pathSerializer: withSlashes };
    return this.api.POST('/api/models/{name}/download/', options);
  }

  remove(name: string): Promise<unknown> {
    const options = { params: { path: { name } }, pathSerializer: withSlashes };
    return this.api.DELETE('/api/models/{name}/', options);
  }

  job(name: string, signal?: AbortSignal): Promise<Job> {
    return answerOf(this.api.GET('/api/jobs/{name}/', { params: { path: { name } }, signal }));
  }

  cancel(name: string): Promise<unknown> {
    return this.api.POST('/api/jobs/{name}/cancel/', { params: { path: { name } } });
  }

  settings(signal?: AbortSignal): Promise<SiteSettings> {
    return answerOf(this.api.GET('/api/sitesettings/', { signal }));
  }

  change(body: SiteSettingsChange): Promise<SiteSettings> {
    return answerOf(this.api.POST('/api/sitesettings/', { body }));
  }
}

/** A name of the hub has a slash in it, which stays one. */
function withSlashes(path: string, values: Record<string, unknown>): string {
  const name = String(values['name']).split('/').map(encodeURIComponent).join('/');
  return path.replace('{name}', name);
}
