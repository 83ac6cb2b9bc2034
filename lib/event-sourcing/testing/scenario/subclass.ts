/**
 * Returns a class of its own with the same methods, so that a scenario can bind it to a store and
 * leave the binding of the given class unchanged.
 */
export function subclassOf<A>(base: new (id?: string) => A): new (id?: string) => A {
  const derived = class extends (base as new (id?: string) => object) {}
  return derived as new (
    id?: string,
  ) => A
}
