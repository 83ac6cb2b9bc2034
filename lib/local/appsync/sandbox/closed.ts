/** An object whose unknown members are clear errors: AppSync may have them, the local run has not. */
export function closed<T extends object>(name: string, members: T): T {
  return new Proxy(members, {
    get(target, key, receiver) {
      if (typeof key === 'symbol' || key in target) return Reflect.get(target, key, receiver)
      throw new Error(`${name}.${key} is not supported by the local run`)
    },
  })
}
