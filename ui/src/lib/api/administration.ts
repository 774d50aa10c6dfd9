import { answerOf, type Api } from './transport';
import type {
  Directory,
  MailChange,
  MailConfig,
  ManagedUser,
  ManagedUserChange,
  NewUser,
  ScanDirectory,
  SentMail,
  ServerStatistics,
  StorageSpace,
} from './types';

/** What administrators look after: accounts, folders, mail, and the server itself. */
export class AdministrationApi {
  constructor(private readonly api: Api) {}

  /** All accounts, those that are deactivated too. */
  async users(signal?: AbortSignal): Promise<ManagedUser[]> {
    return (await answerOf(this.api.GET('/api/manage/user/', { signal }))).results;
  }

  async addUser(user: NewUser): Promise<void> {
    const body = { ...user, username: user.username.trim().toLowerCase() };
    await this.api.POST('/api/user/', { body });
  }

  changeUser(id: number, body: ManagedUserChange): Promise<ManagedUser> {
    const params = { path: { id: String(id) } };
    return answerOf(this.api.PATCH('/api/manage/user/{id}/', { params, body }));
  }

  deleteUser(id: number): Promise<unknown> {
    return this.api.DELETE('/api/delete/user/{id}/', { params: { path: { id: String(id) } } });
  }

  /** The folders that are scanned for an account. */
  async directories(user: number, signal?: AbortSignal): Promise<ScanDirectory[]> {
    const params = { path: { user_id: String(user) } };
    const call = this.api.GET('/api/manage/user/{user_id}/directories/', { params, signal });
    return (await answerOf(call)).results;
  }

  addDirectory(user: number, path: string): Promise<ScanDirectory> {
    const params = { path: { user_id: String(user) } };
    const body = { path };
    return answerOf(this.api.POST('/api/manage/user/{user_id}/directories/', { params, body }));
  }

  removeDirectory(user: number, directory: number): Promise<unknown> {
    const params = { path: { user_id: String(user), directory_id: String(directory) } };
    return this.api.DELETE('/api/manage/user/{user_id}/directories/{directory_id}/', { params });
  }

  async scan(user: number): Promise<string> {
    const params = { path: { user_id: String(user) } };
    const call = this.api.POST('/api/manage/user/{user_id}/scan/', {
      params,
      body: { full: false },
    });
    return (await answerOf(call)).job_id;
  }

  /** The folders of the server in which others may be chosen. */
  async roots(signal?: AbortSignal): Promise<Directory[]> {
    return (await answerOf(this.api.GET('/api/dirtree/roots/', { signal }))).results;
  }

  /** The folders in a folder. */
  async below(path: string, signal?: AbortSignal): Promise<Directory[]> {
    const params = { query: { path } };
    const [found] = await answerOf(this.api.GET('/api/dirtree/', { params, signal }));
    return found?.children ?? [];
  }

  storage(signal?: AbortSignal): Promise<StorageSpace> {
    return answerOf(this.api.GET('/api/storagestats/', { signal }));
  }

  statistics(signal?: AbortSignal): Promise<ServerStatistics> {
    return answerOf(this.api.GET('/api/serverstats/', { signal }));
  }

  /** The services by name, and whether each is well. */
  async services(signal?: AbortSignal): Promise<Record<string, boolean>> {
    const { services } = await answerOf(this.api.GET('/api/services/', { signal }));
    const health = Object.keys(services).map(async (name) => {
      const params = { path: { name } };
      const call = this.api.GET('/api/services/{name}/', { params, signal });
      return [name, (await answerOf(call)).healthy] as const;
    });
    return Object.fromEntries(await Promise.all(health));
  }

  /** The last lines of the server's log. */
  async log(lines: number, signal?: AbortSignal): Promise<string[]> {
    const params = { query: { lines: String(lines) } };
    const answer = await answerOf(this.api.GET('/api/serverlogs/view/', { params, signal }));
    return answer.logs === '' ? [] : answer.logs.split('\n');
  }

  /** All that is kept of the log. */
  async wholeLog(): Promise<string> {
    const options = { parseAs: 'text' } as const;
    return (await answerOf(this.api.GET('/api/serverlogs/', options))) as unknown as string;
  }

  mail(signal?: AbortSignal): Promise<MailConfig> {
    return answerOf(this.api.GET('/api/email-config/', { signal }));
  }

  changeMail(body: MailChange): Promise<MailConfig> {
    return answerOf(this.api.POST('/api/email-config/', { body }));
  }

  /** Send a mail to whoever asks, to see whether that works. */
  testMail(): Promise<SentMail> {
    return answerOf(this.api.POST('/api/email-config/test/', { body: {} }));
  }
}
