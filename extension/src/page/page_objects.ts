/**
 * Owns what stands behind the objects of one interface, each of which keeps its own apart from all others, so that its
 * members work on no other class's objects.
 *
 * Rule: what stands behind an object that the page dropped without `destroy()` is given up.
 */

import { receiver } from './interface_object';
import { FinalizationRegistry, newWeakTable, register } from './primordials';

interface Destroyable {
  destroy(): void;
}

export class PageObjects<T extends Destroyable> {
  readonly #behind = newWeakTable<object, T>();
  readonly #dropped = new FinalizationRegistry<T>((behind) => {
    behind.destroy();
  });

  adopt(object: object, behind: T): void {
    this.#behind.set(object, behind);
    register(this.#dropped, object, behind);
  }

  /** What stands behind a receiver, or a TypeError. */
  of(self: unknown): T {
    return receiver(this.#behind, self);
  }
}
