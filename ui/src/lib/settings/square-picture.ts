/** Pixels of a side: enough for the largest place that a picture of somebody is shown in. */
const SIDE = 512;

/** A picture that the browser cannot read. */
export class UnreadablePicture extends Error {}

/** The largest square in the middle of a picture, the right way up, as a small JPEG. */
export async function squarePicture(file: Blob): Promise<Blob> {
  const image = await decoded(file);
  const side = Math.min(image.width, image.height);
  const size = Math.min(SIDE, side);
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size;
  const context = canvas.getContext('2d');
  const [left, top] = [(image.width - side) / 2, (image.height - side) / 2];
  context?.fillRect(0, 0, size, size);
  context?.drawImage(image, left, top, side, side, 0, 0, size, size);
  image.close();
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new UnreadablePicture())),
      'image/jpeg',
      0.9,
    );
  });
}

async function decoded(file: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file);
  } catch (error) {
    if (error instanceof DOMException) throw new UnreadablePicture();
    throw error;
  }
}
