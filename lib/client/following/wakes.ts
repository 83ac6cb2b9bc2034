import { isObject } from '../errors.ts'

interface Target {
  addEventListener(type: string, listener: () => void): void
  removeEventListener(type: string, listener: () => void): void
}

/**
 * Calls back when the machine wakes from sleep, the network is back, or the page is shown again.
 * Messages and timers may have been missed meanwhile. Returns the function that ends the calls.
 * @param every the interval of a timer, in milliseconds; a longer delay counts as a sleep
 */
export function onWake(callback: () => void, every = 5_000): () => void {
  let due = Date.now() + every
  const timer = setInterval(() => {
    const late = Date.now() - due
    due = Date.now() + every
    if (late > every) callback()
  }, every)
  const page: unknown = Reflect.get(globalThis, 'document')
  const isShown = () => !isObject(page) || page.visibilityState !== 'hidden'
  const shown = () => isShown() && callback()
  const ends = [listen(globalThis, 'online', callback), listen(page, 'visibilitychange', shown)]
  return () => {
    clearInterval(timer)
    for (const end of ends) end()
  }
}

function listen(target: unknown, type: string, listener: () => void): () => void {
  if (!isTarget(target)) return () => {}
  target.addEventListener(type, listener)
  return () => target.removeEventListener(type, listener)
}

function isTarget(value: unknown): value is Target {
  return isObject(value) && typeof value.addEventListener === 'function'
}
