/**
 * Owns making an audio part: whatever the browser decodes, as a WAV of one channel at the rate that models listen at.
 *
 * Rules: bytes are judged by the decoder, never by a type they claim (its error is an EncodingError); it resamples
 * well, which playing a buffer at another rate does not, so an AudioBuffer goes through it too.
 */

import { toBase64 } from './base64';
import { domException, quotaExceeded } from './errors';
import { isBytes, type AudioSource } from './media';

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
    throw domException('NotSupportedError', 'Audio of more than two channels is not supported.');
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
  wav.setUint32(0, 0x52494646); // RIFF
  wav.setUint32(4, HEADER - 8 + size, true);
  wav.setUint32(8, 0x57415645); // WAVE
  wav.setUint32(12, 0x666d7420); // fmt
  wav.setUint32(16, 16, true);
  wav.setUint16(20, 1, true); // whole numbers
  wav.setUint16(22, 1, true); // channels
  wav.setUint32(24, sampleRate, true);
  wav.setUint32(28, sampleRate * SAMPLE, true);
  wav.setUint16(32, SAMPLE, true);
  wav.setUint16(34, SAMPLE * 8, true);
  wav.setUint32(36, 0x64617461); // data
  wav.setUint32(40, size, true);
}
