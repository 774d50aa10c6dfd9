import { answerOf, type Api } from './transport';
import type { DatePreview, ScanDirectory, User, UserChange } from './types';

/** One's own account: who one is, and what one has chosen. */
export class AccountsApi {
  constructor(private readonly api: Api) {}

  async change(id: number, body: UserChange): Promise<User> {
    const params = { path: { id: String(id) } };
    return answerOf(this.api.PATCH('/api/user/{id}/', { params, body }));
  }

  async changePicture(id: number, picture: Blob): Promise<User> {
    const params = { path: { id: String(id) } };
    const form = new FormData();
    form.append('avatar', picture, 'picture');
    const options = { params, body: {}, bodySerializer: () => form };
    return answerOf(this.api.PATCH('/api/user/{id}/', options));
  }

  /** The folders that are scanned for whoever asks. */
  async directories(signal?: AbortSignal): Promise<ScanDirectory[]> {
    return (await answerOf(this.api.GET('/api/scandirectories/', { signal }))).results;
  }

  /** Read every file of one's folders anew. */
  async startFullScan(): Promise<string> {
    return (await answerOf(this.api.POST('/api/fullscanphotos/'))).job_id;
  }

  /** Forget the photos none of whose files is there. */
  async startDeletingMissing(): Promise<string> {
    return (await answerOf(this.api.POST('/api/deletemissingphotos/'))).job_id;
  }

  async timeZones(signal?: AbortSignal): Promise<string[]> {
    const text = await answerOf(this.api.GET('/api/timezones/', { signal }));
    return JSON.parse(text) as string[];
  }

  /** All rules for dates that there are, the default ones first, as JSON. */
  dateRules(signal?: AbortSignal): Promise<string> {
    return answerOf(this.api.GET('/api/predefinedrules/', { signal }));
  }

  previewDates(rules: string, zone: string, signal?: AbortSignal): Promise<DatePreview> {
    const body = { datetime_rules: rules, default_timezone: zone };
    return answerOf(this.api.POST('/api/datetimerules/preview/', { body, signal }));
  }
}
