/** What cameras and phones write, beside what browsers call a picture or a video. */
const EXTENSIONS =
  '3fr 3g2 3gp arw asf avi avif bmp cr2 cr3 crw dcr dib dng erf fff gif gpr heic heif hif iiq ' +
  'jfif jpe jpeg jpg jxl kdc m2ts m4v mef mkv mos mov mp4 mpeg mpg mpo mrw mts nef nrw orf pef ' +
  'png qt raf raw rw2 rwl sr2 srf srw tif tiff vob webm webp wmv x3f xmp';
const KNOWN = new Set(EXTENSIONS.split(' '));

/** For an input of files: phones show their photos then, and not their folders. */
export const ACCEPTED = [
  'image/*',
  'video/*',
  ...EXTENSIONS.split(' ').map((extension) => `.${extension}`),
].join(',');

/** Whether a file may be a photo, a film or a sidecar by its name; the server knows by its content. */
export function mayBePhoto({ name, type }: { name: string; type: string }): boolean {
  if (name.startsWith('.')) return false;
  const extension = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  return KNOWN.has(extension) || /^(image|video)\/(?!svg)/.test(type);
}

/** All files that were dropped, those in folders too. To be called in the event itself. */
export async function droppedFiles(transfer: DataTransfer): Promise<File[]> {
  const items = [...transfer.items].filter(({ kind }) => kind === 'file');
  // What an event holds is gone once it is over.
  const entries = items.map((item) => item.webkitGetAsEntry());
  const files = [...transfer.files];
  if (entries.some((entry) => entry === null)) return files;
  const found: File[] = [];
  for (const entry of entries) if (entry !== null) await collect(entry, found);
  return found;
}

async function collect(entry: FileSystemEntry, found: File[]): Promise<void> {
  if (entry.isFile) {
    found.push(await fileOf(entry as FileSystemFileEntry));
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // It tells a hundred at a time, and none at the end.
  for (let part = await partOf(reader); part.length > 0; part = await partOf(reader)) {
    for (const child of part) await collect(child, found);
  }
}

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject));

const partOf = (reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> =>
  new Promise((resolve, reject) => reader.readEntries(resolve, reject));

/** Whether something that is dragged over the page holds files. */
export function holdsFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false;
}
