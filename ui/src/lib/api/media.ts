/** The names of a photo's files: those of whoever has signed in, and those below a link. */
const KINDS = {
  thumbnail: ['square_thumbnails', 'medium'],
  preview: ['thumbnails_big', 'thumbnail'],
  video: ['video', 'video'],
  original: ['photos', 'file'],
  embedded: ['embedded_media', 'motion'],
} as const;

/** How the address of a file is made where a visitor has come by a link. */
type AddressOf = (hash: string, kind: string) => string;

let below: AddressOf | null = null;

/** Have all pictures come from below a link: on the page of its visitors, which has no others. */
export function mediaBelow(addressOf: AddressOf): void {
  below = addressOf;
}

function at(name: keyof typeof KINDS): (hash: string) => string {
  const [kind, ofLink] = KINDS[name];
  return (hash) => below?.(hash, ofLink) ?? `/media/${kind}/${hash}`;
}

/** Addresses of a photo's files; the `jwt` cookie that the server sets opens them. */
export const media = {
  thumbnail: at('thumbnail'),
  preview: at('preview'),
  video: at('video'),
  original: at('original'),
  embedded: at('embedded'),
  archive: (id: string): string => `/media/zip/${id}`,
  playable: (hash: string): string => `/media/playable/${hash}`,
};
