/** Owns bytes as base64, which the wire's JSON wants: the browser reads and writes them aside. */

import { domException } from './errors';
import { Promise, String, indexOf, slice } from './primordials';

/** Rejects with the browser's own error, as for a Blob of a file that is gone. */
export function toBase64(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      const url = String(reader.result);
      resolve(slice(url, indexOf(url, ',') + 1));
    };
    reader.onerror = () => {
      reject(reader.error ?? domException('UnknownError', 'The bytes cannot be read.'));
    };
    reader.readAsDataURL(blob);
  });
}
