/** Computes the MD5 of a file slice by slice, so that no more than one is in memory. */
import SparkMD5 from 'spark-md5';

const SLICE_BYTES = 4 * 2 ** 20;

async function digest(file: File): Promise<void> {
  const md5 = new SparkMD5.ArrayBuffer();
  for (let at = 0; at < file.size; at += SLICE_BYTES) {
    md5.append(await file.slice(at, at + SLICE_BYTES).arrayBuffer());
    self.postMessage({ done: Math.min(at + SLICE_BYTES, file.size) });
  }
  self.postMessage({ md5: md5.end() });
}

self.onmessage = ({ data }: MessageEvent<File>) => {
  // A file that was moved, changed or unplugged since it was chosen cannot be read.
  digest(data).catch((error: unknown) => {
    self.postMessage({ problem: error instanceof Error ? error.name : 'Error' });
  });
};
