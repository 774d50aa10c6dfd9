/** The names of a photo's files: those of whoever has signed in, and those below a link. */
const KINDS = {
  thumbnail: ['square_thumbnails', 'medium'],
  preview: ['thumbnails_big', 'thumbnail'],
  video: ['video', 'video'],
  original: ['photos', 'file'],
  embedded: ['embedded_media', 'motion'],
  playable: ['playable', 'playable'],
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

const [thumbnail, preview] = [at('thumbnail'), at('preview')];

/** Addresses of a photo's files; the `jwt` cookie that the server sets opens them. */
export const media = {
  thumbnail: (hash: string, turn = UNTURNED): string => thumbnail(hash) + version(turn),
  preview: (hash: string, turn = UNTURNED): string => preview(hash) + version(turn),
  video: at('video'),
  original: at('original'),
  embedded: at('embedded'),
  archive: (id: string): string => `/media/zip/${id}`,
  playable: at('playable'),
};

const UNTURNED = 1;

/** Browsers keep previews for ever: those of a photo that was turned have another address. */
function version(turn: number): string {
  return turn === UNTURNED ? '' : `?v=${turn}`;
}
