import type { DownloadsApi, DownloadSource, DownloadWishes } from '../api/downloads';
import type { DownloadState } from '../api/types';

const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 3_000;

export interface PreparedDownload {
  archive: string;
  /** Files that could not be read. */
  missing: number;
}

/** Why there is no archive, in the server's words. */
export class DownloadFailed extends Error {}

/** Wait for so long, or raise the reason of the signal. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
}

/**
 * Have an archive prepared, and tell how far it is, from 0 to 1. Given up by the signal, the
 * server gives it up too. Raises DownloadFailed.
 */
export async function prepareDownload(
  api: Pick<DownloadsApi, 'start' | 'state' | 'remove'>,
  source: DownloadSource,
  wishes: DownloadWishes,
  { signal, onprogress }: { signal: AbortSignal; onprogress: (share: number) => void },
): Promise<PreparedDownload> {
  const { job_id: job, url: archive } = await api.start(source, wishes);
  try {
    for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(2 * wait, LONGEST_PAUSE_MS)) {
      const state = await api.state(job, signal);
      if (state.status === 'SUCCESS') return { archive, missing: state.missing ?? 0 };
      if (state.status === 'FAILURE') throw new DownloadFailed(state.result ?? '');
      onprogress(shareOf(state));
      await pause(wait, signal);
    }
  } catch (error) {
    if (signal.aborted) await api.remove(archive);
    throw error;
  }
}

function shareOf({ progress }: DownloadState): number {
  return progress && progress.total > 0 ? progress.current / progress.total : 0;
}

/** Have the browser fetch a prepared archive, with its own progress and its own folder. */
export function fetchArchive(address: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = '';
  document.body.append(link);
  link.click();
  link.remove();
}
