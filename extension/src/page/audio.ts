/**
 * Owns making an audio part: whatever the browser decodes, as a WAV of one channel at the rate that models listen at.
 *
 * Rules: bytes are judged by the decoder, never by a type they claim (its error is an EncodingError); it resamples
 * well, which playing a buffer at another rate does not, so an AudioBuffer goes through it too.
 */

import { toBase64 } from './base64';
import { notSupported, quotaExceeded } from './errors';
import { isBytes, type AudioSource } from './media';
import { each } from './primordials';

/** Samples a second, as protocol.py says. */
const SAMPLE_RATE = 16_000;

/** Seconds: as much as fits one call, and more than models listen to at once. */
const MAX_SECONDS = 360;

/** Bytes before a WAV's samples, and of each. */
const HEADER = 44;
const SAMPLE = 2;

/** A WAV in base64. What the page may change later is taken before the first wait. */
export async function encodeAudio(source: AudioSource): Promise<string> {
  const blob = toBlob(source);
  const decoder = new OfflineAudioContext(1, 1, SAMPLE_RATE);
  return toBase64(toWav(await decoder.decodeAudioData(await blob.arrayBuffer())));
}

function toBlob(source: AudioSource): Blob {
  if (isBytes(source)) {
    return new Blob([source.value]);
  }
  return source.brand === 'Blob' ? source.value : toWav(source.value);
}

/** The buffer's channels as one, in the buffer's rate. */
function toWav(buffer: AudioBuffer): Blob {
  const { duration, length, numberOfChannels, sampleRate } = buffer;
  if (numberOfChannels > 2) {
    throw notSupported('Audio of more than two channels is not supported.');
  }
  if (duration > MAX_SECONDS) {
    throw quotaExceeded('The audio is longer than any model listens to.', {});
  }
  const left = buffer.getChannelData(0);
  const right = buffer.getChannelData(numberOfChannels - 1);
  const wav = new DataView(new ArrayBuffer(HEADER + length * SAMPLE));
  writeHeader(wav, sampleRate, length * SAMPLE);
  for (let index = 0; index < length; index += 1) {
    const sample = ((left[index] ?? 0) + (right[index] ?? 0)) / 2;
    wav.setInt16(HEADER + index * SAMPLE, Math.round(Math.max(-1, Math.min(1, sample)) * 0x7fff), true);
  }
  return new Blob([wav]);
}

/** RIFF, one chunk that says how the samples are written, and the head of the chunk that holds them. */
function writeHeader(wav: DataView, sampleRate: number, size: number): void {
  const [riff, wave, fmt, data] = [0x46464952, 0x45564157, 0x20746d66, 0x61746164]; // their letters
  const [wholeNumbers, channels, bits] = [1, 1, SAMPLE * 8];
  const format = [wholeNumbers | (channels << 16), sampleRate, sampleRate * SAMPLE, SAMPLE | (bits << 16)];
  each([riff, HEADER - 8 + size, wave, fmt, 16, ...format, data, size], (word, index) => {
    wav.setUint32(index * 4, word, true);
  });
}
