/**
 * Owns making an image part of whatever shows a picture: what can be seen at the moment of the call, drawn anew.
 *
 * Rules: the browser decodes and judges (`createImageBitmap`), so its errors are the page's; elements that are still
 * loading are waited for; pixels that the page may not read are a SecurityError, which the canvas throws.
 */

import { toBase64 } from './base64';
import { domException } from './errors';
import { isBytes, type ImageSource } from './media';
import { addEventListener, removeEventListener } from './primordials';

/** Pixels of the longer edge. Models of a size for one machine look at a thousand or so; a PNG of this size fits a call. */
const MAX_EDGE = 1536;

/** A PNG in base64. What the page may change later is taken before the first wait. */
export async function encodeImage(source: ImageSource): Promise<string> {
  const bitmap = await toBitmap(source);
  const scale = Math.min(1, MAX_EDGE / Math.max(bitmap.width, bitmap.height));
  const canvas = new OffscreenCanvas(scaled(bitmap.width, scale), scaled(bitmap.height, scale));
  const context = canvas.getContext('2d');
  if (!context) {
    throw domException('OperationError', 'The image cannot be drawn.');
  }
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return toBase64(await canvas.convertToBlob({ type: 'image/png' }));
}

async function toBitmap(source: ImageSource): Promise<ImageBitmap> {
  if (isBytes(source)) {
    return createImageBitmap(new Blob([source.value]));
  }
  const { brand, value } = source;
  if (brand === 'SVGImageElement') {
    await loaded(value as SVGImageElement & Pick<HTMLImageElement, 'decode'>);
  } else if (brand === 'HTMLImageElement' && !value.complete) {
    await loaded(value);
  } else if (brand === 'HTMLVideoElement' && isComing(value)) {
    await firstFrame(value);
  }
  return createImageBitmap(value);
}

/** `decode` waits for the loading too; Chromium has it for SVG as well. */
async function loaded(image: Pick<HTMLImageElement, 'decode'>): Promise<void> {
  try {
    await image.decode();
  } catch {
    // Broken, or gone: createImageBitmap says so with the error that pages expect.
  }
}

/** Whether a video has no frame yet, but is on its way to one. */
function isComing(video: HTMLVideoElement): boolean {
  const { readyState, networkState, error } = video;
  return readyState < video.HAVE_CURRENT_DATA && networkState !== video.NETWORK_EMPTY && !error;
}

function firstFrame(video: HTMLVideoElement): Promise<void> {
  return new Promise((resolve) => {
    const heard = (): void => {
      removeEventListener(video, 'loadeddata', heard);
      removeEventListener(video, 'error', heard);
      resolve();
    };
    addEventListener(video, 'loadeddata', heard);
    addEventListener(video, 'error', heard);
  });
}

function scaled(length: number, scale: number): number {
  return Math.max(1, Math.round(length * scale));
}
