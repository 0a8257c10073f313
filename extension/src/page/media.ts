/**
 * Owns telling the object types of a message part's value (`ImageBitmapSource`, `AudioBuffer`, `BufferSource`) from
 * objects that are merely stringified.
 *
 * Rule: by brand, so that values of other realms count: a getter of the interface refuses every other object. Looked
 * up on first use, since touching an interface object makes the browser build it.
 */

import { apply, each, getOwnPropertyDescriptor } from './primordials';
import type { Callback } from './webidl';

/** Interfaces, each with one of its getters. */
const BRANDS = [
  { name: 'ArrayBuffer', getter: 'byteLength' },
  { name: 'AudioBuffer', getter: 'duration' },
  { name: 'Blob', getter: 'size' },
  { name: 'HTMLCanvasElement', getter: 'width' },
  { name: 'HTMLImageElement', getter: 'naturalWidth' },
  { name: 'HTMLVideoElement', getter: 'videoWidth' },
  { name: 'ImageBitmap', getter: 'width' },
  { name: 'ImageData', getter: 'width' },
  { name: 'OffscreenCanvas', getter: 'width' },
  { name: 'SVGImageElement', getter: 'href' },
  { name: 'VideoFrame', getter: 'timestamp' },
];

/** Whether the object stays one when converted to `LanguageModelMessageValue`; all others become strings. */
export function isMedia(value: object): boolean {
  if (ArrayBuffer.isView(value)) {
    return true;
  }
  let isOne = false;
  each(BRANDS, ({ name, getter }) => {
    isOne ||= hasBrand(value, name, getter);
  });
  return isOne;
}

function hasBrand(value: object, name: string, getter: string): boolean {
  const holder = (globalThis as unknown as Readonly<Record<string, { readonly prototype: object } | undefined>>)[name];
  const get = holder && (getOwnPropertyDescriptor(holder.prototype, getter)?.get as Callback | undefined);
  if (!get) {
    return false;
  }
  try {
    apply(get, value, []);
    return true;
  } catch {
    return false; // The getter's refusal is the answer.
  }
}
