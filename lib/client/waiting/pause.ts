import { onAbort } from './on-abort.ts'

/**
 * Waits.
 * @throws the signal's reason when it is aborted
 */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = signal && onAbort(signal, () => end(() => reject(signal.reason)))
    const timer = setTimeout(() => end(resolve), milliseconds)
    const end = (act: () => void) => {
      cancel?.()
      clearTimeout(timer)
      act()
    }
    if (signal?.aborted) end(() => reject(signal.reason))
  })
}
