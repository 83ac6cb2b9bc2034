/**
 * Runs `work` and returns its result. If the signal is aborted or the time is over first, aborts
 * the signal that `work` received and stops waiting.
 * @param name the name of the work, for the message
 * @throws the signal's reason, or an Error that names the time limit
 */
export function attempt<T>(
  work: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
  milliseconds: number,
  name = 'The query',
): Promise<T> {
  return new Promise((resolve, reject) => {
    const given = new AbortController()
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    }
    const giveUp = (reason: unknown) => {
      end()
      reject(reason)
      given.abort()
    }
    const abort = () => giveUp(signal.reason)
    const late = () => giveUp(new Error(`${name} got no answer within ${milliseconds} ms`))
    const timer = setTimeout(late, milliseconds)
    signal.addEventListener('abort', abort)
    work(given.signal).finally(end).then(resolve, reject)
  })
}
