/**
 * Owns the streams of the older shapes, in which each chunk is the whole text until then.
 */

/** Passes on credits, errors and a reader's leaving, as pipes do. */
export function cumulative(deltas: ReadableStream<string>): ReadableStream<string> {
  let whole = '';
  return deltas.pipeThrough(
    new TransformStream<string, string>({
      transform(chunk, controller) {
        whole += chunk;
        controller.enqueue(whole);
      },
    }),
  );
}
