/**
 * How far a file is. `known` is in the library already, `refused` was not taken and says why,
 * `gone` could not be read on this device.
 */
export type UploadState =
  'waiting' | 'hashing' | 'sending' | 'storing' | 'done' | 'known' | 'refused' | 'gone';

const SETTLED: readonly UploadState[] = ['done', 'known', 'refused', 'gone'];

/** One file on its way to the server. */
export class UploadItem {
  state = $state<UploadState>('waiting');
  /** Bytes that the server has. */
  sent = $state(0);
  /** Why it was refused, in words. */
  reason = $state('');
  id = '';
  md5 = '';
  /** Whether something of it was sent, so that the server may have it. */
  isBegun = false;

  constructor(
    readonly key: number,
    readonly file: File,
  ) {}

  get isSettled(): boolean {
    return SETTLED.includes(this.state);
  }

  get isActive(): boolean {
    return !this.isSettled && this.state !== 'waiting';
  }

  /** Whether to try again may bring another end. */
  get canRetry(): boolean {
    return this.state === 'refused' || this.state === 'gone';
  }
}
