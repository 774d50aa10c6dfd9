import type { ApiClient } from '../api/client';
import type { Thing } from '../api/types';

/** The things that there are, those with the most photos first. */
export interface ListedThings {
  things: Thing[];
  /** There are none, for want of the model that would recognise them. */
  lacksModel: boolean;
}

export async function listThings(client: ApiClient, signal: AbortSignal): Promise<ListedThings> {
  const found = await client.things.list(signal);
  const things = found.toSorted((a, b) => b.photo_count - a.photo_count);
  return { things, lacksModel: things.length === 0 && (await isTaggerMissing(client, signal)) };
}

async function isTaggerMissing(client: ApiClient, signal: AbortSignal): Promise<boolean> {
  const [models, settings] = await Promise.all([
    client.models.list(signal),
    client.models.settings(signal),
  ]);
  const purpose = settings.tagging_model === 'places365' ? 'scenes' : 'tagging';
  return !models.some((model) => model.purposes.includes(purpose) && model.state === 'installed');
}
