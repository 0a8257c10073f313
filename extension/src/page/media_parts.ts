/**
 * Owns the media of one call: from the page's objects to the bytes that go up, within what one call may hold.
 *
 * Rules: the pictures and sounds are those of the moment of the call, whatever the page changes while they are
 * converted; the first fault ends the conversion.
 */

import type { Audio, Image } from '../protocol';
import { encodeAudio } from './audio';
import { quotaExceeded } from './errors';
import { encodeImage } from './images';
import { isBytes, type AudioSource, type ImageSource } from './media';
import { each } from './primordials';

/** Parts of one call (count): each is a picture in memory until it is converted, and no context window holds as many. */
const MAX_PARTS = 128;

/** Bytes that one call's parts have as the page gives them: a camera's photos; what is kept must not fill the memory. */
const MAX_SOURCE = 2 ** 25;

/** Characters of base64 in one call: with its text they fit the Host's frame (settings.MAX_FRAME_FROM_BROWSER). */
const MAX_DATA = 2 ** 24;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A part of a message, empty until its media are converted. */
export type MediaPart =
  | { readonly type: 'image'; readonly part: Writable<Image>; readonly source: ImageSource }
  | { readonly type: 'audio'; readonly part: Writable<Audio>; readonly source: AudioSource };

/** Fills the parts in and calls `done`, at once where there are none; or calls `failed`, once. */
export function convertMedia(media: readonly MediaPart[], done: () => void, failed: (reason: unknown) => void): void {
  let left = media.length;
  let size = 0;
  let isOver = false;
  const fail = (reason: unknown): void => {
    if (!isOver) {
      isOver = true;
      failed(reason);
    }
  };
  const convert = async (item: MediaPart): Promise<void> => {
    try {
      const data = await encode(item);
      size += data.length;
      if (size > MAX_DATA) {
        throw tooLarge();
      }
      item.part.data = data;
    } catch (reason) {
      fail(reason);
      return;
    }
    left -= 1;
    if (left === 0) {
      done();
    }
  };
  if (left === 0) {
    done();
  } else if (left > MAX_PARTS || sourceSize(media) > MAX_SOURCE) {
    fail(tooLarge());
  } else {
    each(media, (item) => void convert(item));
  }
}

function encode(item: MediaPart): Promise<string> {
  return item.type === 'image' ? encodeImage(item.source) : encodeAudio(item.source);
}

/** What is counted in bytes before it is looked into: the rest is in the page's memory as it is shown. */
function sourceSize(media: readonly MediaPart[]): number {
  let size = 0;
  each(media, ({ source }) => {
    if (source.brand === 'Blob') {
      size += source.value.size;
    } else if (isBytes(source)) {
      size += source.value.byteLength;
    }
  });
  return size;
}

function tooLarge(): DOMException {
  return quotaExceeded('The media are more than one call can hold.', {});
}
