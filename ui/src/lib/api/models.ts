import { post, type Transport } from './transport';
import type { Job } from './types';

export type ModelPurpose = 'scenes' | 'captions' | 'semantic_search' | 'tagging';

/** A published model, and what is here of it. */
export interface Model {
  name: string;
  purposes: ModelPurpose[];
  about: string;
  licence: string;
  repository: string | null;
  state: 'missing' | 'partial' | 'installed';
  /** Bytes on the server. */
  size: number;
  /** The settings want it. */
  active: boolean;
  /** The job that downloads it. */
  job_id: string | null;
  /** About how many bytes a download fetches; null where nobody knows. */
  download_size: number | null;
  /** The commit of a hub's repository that it fetches. */
  revision: string | null;
  /** The addresses that it asks. */
  sources: string[];
}

/** The settings that say what is learnt from photos. */
export interface LearningSettings {
  tagging_model: 'places365' | 'siglip2';
  semantic_search_model: string;
  captioning_model: string;
  caption_automatically: boolean;
  face_recognition_model: 'HOG' | 'CNN';
  /** Whether faces are looked for at all; whoever runs the server decides that. */
  readonly face_recognition_enabled: boolean;
}

/** The models that learn from photos: which there are, and which are in use. */
export class ModelsApi {
  constructor(private readonly transport: Transport) {}

  async list(signal?: AbortSignal): Promise<Model[]> {
    return (await this.transport.call<{ results: Model[] }>('models/', { signal })).results;
  }

  download(name: string): Promise<unknown> {
    return this.transport.call(`models/${pathOf(name)}/download/`, post());
  }

  remove(name: string): Promise<unknown> {
    return this.transport.call(`models/${pathOf(name)}/`, { method: 'DELETE' });
  }

  job(id: string, signal?: AbortSignal): Promise<Job> {
    return this.transport.call(`jobs/${encodeURIComponent(id)}/`, { signal });
  }

  cancel(id: string): Promise<unknown> {
    return this.transport.call(`jobs/${encodeURIComponent(id)}/cancel/`, post());
  }

  settings(signal?: AbortSignal): Promise<LearningSettings> {
    return this.transport.call('sitesettings/', { signal });
  }

  change(settings: Partial<LearningSettings>): Promise<LearningSettings> {
    return this.transport.call('sitesettings/', post(settings));
  }
}

/** A name of the hub has a slash in it, which stays one. */
function pathOf(name: string): string {
  return name.split('/').map(encodeURIComponent).join('/');
}
