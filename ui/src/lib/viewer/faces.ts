import type { Photo, PhotoFace, PhotoPerson } from '../api/types';

/** A face on the open photo: somebody's, by whoever says so, or nobody's. */
export type ShownFace = PhotoPerson | (PhotoFace & { type: 'unknown' });

/** All faces on a photo, from left to right. */
export function facesOf(photo: Photo): ShownFace[] {
  const unknown = photo.unknown_faces.map((face) => ({ ...face, type: 'unknown' as const }));
  return [...photo.people, ...unknown].sort((a, b) => a.location.left - b.location.left);
}

/** Who a face is or may be; null where there is not even a guess. */
export function nameOf(face: ShownFace): string | null {
  return face.type === 'user' || face.type === 'classification' ? face.name : null;
}

/** "Anna", "Anna?", or what stands for nobody. */
export function captionOf(face: ShownFace, nobody: string): string {
  const name = nameOf(face);
  return name === null ? nobody : face.type === 'user' ? name : `${name}?`;
}
