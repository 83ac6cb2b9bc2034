import { keyWatch } from './key-watch.ts'

/** Returns the handler of the daily check of the API key. Synth generates the function's entry. */
export function handlerOf() {
  return keyWatch()
}
