import {
  type Checkpoint,
  inMemoryCheckpointStore,
  type Parked,
  type Progress,
  ReactorOperations,
  type ReactorRecord,
  type Rewound,
} from '../../event-sourcing/reactions/index.ts'
import { limited } from '../resolvers/arguments.ts'
import { viewOperationFields } from './view-operations.ts'

/** Returns a checkpoint in its API form. */
function toCheckpoint({ reactor, id, handled, seen, due, parked, skipped = [] }: Checkpoint) {
  return {
    reactor,
    id,
    handled: handled ?? null,
    seen,
    due: due === undefined ? null : new Date(due).toISOString(),
    parked: parked ? toParked(parked) : null,
    skipped,
  }
}

function toParked({ error, traceId, ...parked }: Parked) {
  const { name, message, at } = error
  return { ...parked, error: `${name}: ${message}`, at: at ?? null, traceId: traceId ?? null }
}

function toState({ reactor, paused }: ReactorRecord) {
  return { reactor, paused: paused ?? null }
}

interface Of {
  readonly reactor: string
}

interface OfResource extends Of {
  readonly id: string
}

interface From {
  readonly after?: string | null | undefined
}

/** Returns the Query fields that show the state of reactors. Only for signed requests. */
export function operationQueries(operations: ReactorOperations) {
  return {
    reactors: () => operations.reactors(),

    reactorProgress: ({ reactor, after }: Of & From): Promise<Progress> =>
      operations.progress(reactor, after ?? undefined),

    async parkedReactions({ reactor, limit }: Of & { readonly limit?: number | null | undefined }) {
      const parked = await operations.parked(reactor, limited(limit, 100, 1000))
      return parked.map(toCheckpoint)
    },
  }
}

/** Returns the Mutation fields that retry, skip and replay reactions. Only for signed requests. */
export function operationCommands(operations: ReactorOperations) {
  return {
    async retryReaction({ input }: { readonly input: OfResource }) {
      return toCheckpoint(await operations.retry(input.reactor, input.id))
    },

    async skipReaction({ input }: { readonly input: OfResource & Skip }) {
      const { reactor, id, number, reason } = input
      return toCheckpoint(await operations.skip(reactor, id, number, reason))
    },

    async replayReactor({ input }: { readonly input: Of & From & Partial<Nullable<OfResource>> }) {
      const { reactor, id, after } = input
      // Only an absent id means all resources. An empty id is a mistake.
      if (id === undefined || id === null) return operations.replay(reactor, after ?? undefined)
      await operations.replayOne(reactor, id)
      return { rewound: 1 } satisfies Rewound
    },

    async pauseReactor({ input }: { readonly input: Of }) {
      return toState(await operations.pause(input.reactor))
    },

    async resumeReactor({ input }: { readonly input: Of }) {
      return toState(await operations.resume(input.reactor))
    },
  }
}

interface Skip {
  readonly number: number
  readonly reason: string
}

type Nullable<T> = { readonly [K in keyof T]: T[K] | null | undefined }

/** Returns the names of the operators' fields. */
export function operationFields(operation: 'Query' | 'Mutation'): string[] {
  const operations = new ReactorOperations(inMemoryCheckpointStore())
  return [
    ...Object.keys(
      operation === 'Query' ? operationQueries(operations) : operationCommands(operations),
    ),
    ...viewOperationFields(operation),
  ]
}
