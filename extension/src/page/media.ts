/**
 * Owns telling the object types of a message part's value (`ImageBitmapSource`, `AudioBuffer`, `BufferSource`) from
 * objects that are merely stringified.
 *
 * Rule: by brand, so that values of other realms count: a getter of the interface refuses every other object. Looked
 * up on first use, since touching an interface object makes the browser build it.
 */

import { apply, each, getOwnPropertyDescriptor, isView, ownKeys } from './primordials';
import type { Callback } from './webidl';

/** Interfaces, each with one of its getters. */
const BRANDS = {
  ArrayBuffer: 'byteLength',
  AudioBuffer: 'duration',
  Blob: 'size',
  HTMLCanvasElement: 'width',
  HTMLImageElement: 'naturalWidth',
  HTMLVideoElement: 'videoWidth',
  ImageBitmap: 'width',
  ImageData: 'width',
  OffscreenCanvas: 'width',
  SVGImageElement: 'href',
  VideoFrame: 'timestamp',
} as const;

/** An object that stays one when converted to `LanguageModelMessageValue`, by what it is. */
export type Media =
  | { readonly brand: 'ArrayBuffer'; readonly value: ArrayBuffer }
  | { readonly brand: 'ArrayBufferView'; readonly value: ArrayBufferView<ArrayBuffer> }
  | { readonly brand: 'AudioBuffer'; readonly value: AudioBuffer }
  | { readonly brand: 'Blob'; readonly value: Blob }
  | { readonly brand: 'HTMLCanvasElement'; readonly value: HTMLCanvasElement }
  | { readonly brand: 'HTMLImageElement'; readonly value: HTMLImageElement }
  | { readonly brand: 'HTMLVideoElement'; readonly value: HTMLVideoElement }
  | { readonly brand: 'ImageBitmap'; readonly value: ImageBitmap }
  | { readonly brand: 'ImageData'; readonly value: ImageData }
  | { readonly brand: 'OffscreenCanvas'; readonly value: OffscreenCanvas }
  | { readonly brand: 'SVGImageElement'; readonly value: SVGImageElement }
  | { readonly brand: 'VideoFrame'; readonly value: VideoFrame };

/** What an image part may hold. */
export type ImageSource = Exclude<Media, { readonly brand: 'AudioBuffer' }>;

/** What an audio part may hold. */
export type AudioSource = Extract<Media, { readonly brand: 'ArrayBuffer' | 'ArrayBufferView' | 'AudioBuffer' | 'Blob' }>;

/** The object with its brand, or null for one that becomes a string. */
export function toMedia(value: object): Media | null {
  if (isView(value)) {
    return { brand: 'ArrayBufferView', value } as Media;
  }
  let media = null as Media | null;
  each(ownKeys(BRANDS) as readonly (keyof typeof BRANDS)[], (brand) => {
    if (!media && hasBrand(value, brand, BRANDS[brand])) {
      media = { brand, value } as Media;
    }
  });
  return media;
}

export function isImageSource(media: Media): media is ImageSource {
  return media.brand !== 'AudioBuffer';
}

export function isAudioSource(media: Media): media is AudioSource {
  return isBytes(media) || media.brand === 'AudioBuffer' || media.brand === 'Blob';
}

export function isBytes(media: Media): media is Extract<Media, { readonly brand: 'ArrayBuffer' | 'ArrayBufferView' }> {
  return media.brand === 'ArrayBuffer' || media.brand === 'ArrayBufferView';
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
