/** Addresses of a photo's files; the `jwt` cookie that the server sets opens them. */
export const media = {
  thumbnail: (hash: string): string => `/media/square_thumbnails/${hash}`,
  preview: (hash: string): string => `/media/thumbnails_big/${hash}`,
  video: (hash: string): string => `/media/video/${hash}`,
  original: (hash: string): string => `/media/photos/${hash}`,
  embedded: (hash: string): string => `/media/embedded_media/${hash}`,
};
