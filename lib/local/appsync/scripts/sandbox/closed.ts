/** Returns an object that throws a clear error for unknown members, which AppSync may have. */
export function closed<T extends object>(name: string, members: T): T {
  return new Proxy(members, {
    get(target, key, receiver) {
      if (typeof key === 'symbol' || key in target) return Reflect.get(target, key, receiver)
      throw new Error(`${name}.${key} is not supported by the local run`)
    },
  })
}
