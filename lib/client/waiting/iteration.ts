import { onAbort } from './on-abort.ts'

/**
 * Returns an iterable that runs a new generator for each iteration. The generator starts at the
 * first `next`. The iteration ends when `return` is called or a signal is aborted. A `next` that is
 * waiting then resolves as done.
 */
export function iteration<T>(
  signal: AbortSignal | undefined,
  generate: (signal: AbortSignal) => AsyncGenerator<T, void>,
): AsyncIterable<T> {
  return { [Symbol.asyncIterator]: () => iterator(signal, generate) }
}

function iterator<T>(
  outer: AbortSignal | undefined,
  generate: (signal: AbortSignal) => AsyncGenerator<T, void>,
): AsyncIterator<T, void> {
  const inner = new AbortController()
  const forget = outer && onAbort(outer, () => inner.abort())
  const end = () => {
    forget?.()
    inner.abort()
  }
  const generator = untilAborted(generate(inner.signal), inner.signal, end)
  if (outer?.aborted) end()
  return {
    next: () => generator.next(),
    return: () => {
      end()
      return generator.return()
    },
  }
}

async function* untilAborted<T>(
  generator: AsyncGenerator<T, void>,
  signal: AbortSignal,
  end: () => void,
): AsyncGenerator<T, void> {
  try {
    if (!signal.aborted) yield* generator
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    end()
  }
}
