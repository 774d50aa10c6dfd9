/** The file could not be read on this device. */
export class Unreadable extends Error {
  override name = 'Unreadable';
}

interface Told {
  done?: number;
  md5?: string;
  problem?: string;
}

/** Says the MD5 of a file, and on the way how many bytes of it were read. */
export type Hash = (
  file: File,
  onprogress: (bytes: number) => void,
  signal: AbortSignal,
) => Promise<string>;

/** Hash in a thread of its own: the page stays at hand meanwhile. */
export const hashInWorker: Hash = (file, onprogress, signal) =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const worker = new Worker(new URL('./md5.worker.ts', import.meta.url), { type: 'module' });
    const end = (): void => {
      worker.terminate();
      signal.removeEventListener('abort', abort);
    };
    const abort = (): void => {
      end();
      reject(new DOMException('', 'AbortError'));
    };
    signal.addEventListener('abort', abort);
    worker.onerror = () => {
      end();
      reject(new Unreadable());
    };
    worker.onmessage = ({ data }: MessageEvent<Told>) => {
      if (data.done !== undefined) return onprogress(data.done);
      end();
      if (data.md5 === undefined) reject(new Unreadable());
      else resolve(data.md5);
    };
    worker.postMessage(file);
  });
