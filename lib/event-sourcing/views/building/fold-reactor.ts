import { bindingOf } from '../../binding.ts'
import type { StoredEvent } from '../../event.ts'
import { type BatchReactor, TakeInFailed } from '../../reactions/reactor.ts'
import { storedHistory } from '../../reactions/stored-history.ts'
import type { HostedView } from '../hosted-view.ts'
import { type BuildName, positionPlace } from '../places.ts'
import type { ViewStore } from '../store/view-store.ts'
import type { FoldView } from '../view.ts'
import { type Addition, additionOf } from './additions.ts'
import { type FoldWriter, PositionMoved } from './fold-writer.ts'

export interface FoldReactorOptions {
  readonly hosted: HostedView
  readonly view: FoldView
  readonly name: BuildName
  /** The class of the events, and the name of its resource type. */
  readonly of: FoldView['of'][number]
  readonly resource: string
  readonly store: ViewStore
  /** Shared by the reactors of the build. */
  readonly writer: FoldWriter
  /** Receives the date of a newest event that the view now shows. */
  readonly shown: (created: string) => void
}

/** The most events of a resource in one transaction. Each may change a row of its own. */
const MOST_EVENTS = 40

/**
 * Returns the reactor that adds the events of one class to a build of a fold. The position in a
 * resource's events is stored together with the rows. So an event counts once, even if the reactor
 * is replayed.
 */
export function foldReactor(options: FoldReactorOptions): BatchReactor {
  const { name, of, resource, writer, shown } = options
  return {
    of,
    begins: 'beginning',

    async takeIn({ id, after, keep }) {
      const place = positionPlace(name, resource, id)
      const { store } = bindingOf(of)
      // The checkpoint has the position, unless the reactor was replayed or an event was skipped.
      let stored = after
      for (;;) {
        let last = Math.max(after, stored)
        try {
          for await (const { page, isLast } of storedHistory(store, id, last)) {
            for (let first = 0; first < page.length; first += MOST_EVENTS) {
              const events = page.slice(first, first + MOST_EVENTS)
              const { additions, failure } = additionsOf(options, events)
              const upTo = failure ? failure.event.number - 1 : last + events.length
              if (upTo > last) await write({ additions, upTo })
              if (failure) throw failure
              const isEnd = isLast && first + MOST_EVENTS >= page.length
              if (!isEnd) await keep(upTo)
            }
            shown(page.at(-1)?.created ?? '')
          }
          return last
        } catch (error) {
          if (!(error instanceof PositionMoved)) throw error
          stored = error.stored
        }

        async function write({ additions, upTo }: { additions: Addition[]; upTo: number }) {
          await writeEvents(options, { place, id, was: stored, upTo, additions })
          stored = upTo
          last = upTo
        }
      }
    },
  }

  async function writeEvents(
    { store }: FoldReactorOptions,
    taken: Parameters<FoldWriter['write']>[0],
  ) {
    const { additions, place, upTo: revision, id } = taken
    if (additions.length > 0) return writer.write(taken)
    // Nothing counts, so the position alone moves on.
    await store.putNewer({ ...place, revision, body: { id } })
  }
}

/** Returns the additions of events, up to the first event that has an error. */
function additionsOf({ hosted, view, of }: FoldReactorOptions, events: readonly StoredEvent[]) {
  const additions: Addition[] = []
  for (const event of events) {
    try {
      const addition = additionOf(hosted, view, of, event)
      if (addition) additions.push(addition)
    } catch (error) {
      return { additions, failure: new TakeInFailed(event, error) }
    }
  }
  return { additions, failure: undefined }
}
