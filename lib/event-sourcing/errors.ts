export type ErrorData = Readonly<Record<string, unknown>>

/**
 * The family of errors that the framework throws. Match them by `code`, which is stable;
 * messages are for people and may change. docs/errors.md lists all of them.
 */
export abstract class EventSourcingError extends Error {
  abstract readonly code: string
  /** What a caller needs in order to act: ids, versions, the offending value. */
  data: ErrorData
  /** True where neither the caller nor a rule is to blame: data or infrastructure is broken. */
  readonly fault: boolean = false

  constructor(message: string, data: ErrorData = {}, options?: ErrorOptions) {
    super(message, options)
    this.data = data
  }

  override get name(): string {
    return this.code
  }
}

/** Whether a value is an error of the family, and, with a code, that very error. */
export function isEventSourcingError(error: unknown, code?: string): error is EventSourcingError {
  return error instanceof EventSourcingError && (code === undefined || error.code === code)
}

/** No event is stored under this id. Data: `id`. */
export class ResourceNotFound extends EventSourcingError {
  readonly code = 'ResourceNotFound'
}

/**
 * The resource is not, or no longer, at the version the caller decided on. Nothing was written.
 * Data: `id`, `expectedVersion`, `actualVersion`; of a commit of several resources those of the
 * first that was in the way, and the ids of all that were as `losers`.
 */
export class VersionConflict extends EventSourcingError {
  readonly code = 'VersionConflict'
}

/**
 * A business rule refused the command. Nothing was written. Domains extend it, one class and one
 * `code` per rule: `class SoldOut extends EventRejected { override readonly code = 'SoldOut' }`.
 * Data: `id` and `version`, added by the commit, and what the rule adds.
 */
export class EventRejected extends EventSourcingError {
  readonly code: string = 'EventRejected'
}

/** The resource has no handler for this type of event. Data: `id`, `number`, `type`. */
export class UnknownEvent extends EventSourcingError {
  readonly code = 'UnknownEvent'
  override readonly fault = true
}

/**
 * Another command was committed under the same commandId. This one was not, and nothing was
 * written. Data: `id`, `number`, `commandId`.
 */
export class CommandIdReused extends EventSourcingError {
  readonly code = 'CommandIdReused'
}

/** The event could not be stored as it is. Nothing was written. Data: `id`, `type`, `attribute`. */
export class InvalidEvent extends EventSourcingError {
  readonly code = 'InvalidEvent'
}

/** Not an id a resource can have. Data: `id`. */
export class InvalidId extends EventSourcingError {
  readonly code = 'InvalidId'
}

/** A limit, position or page token that cannot be used. Data: `argument`, `value`. */
export class InvalidArgument extends EventSourcingError {
  readonly code = 'InvalidArgument'
}

/**
 * The stored history cannot be replayed: a number is missing, or an event no longer applies.
 * Data: `id`, `number`.
 */
export class CorruptHistory extends EventSourcingError {
  readonly code = 'CorruptHistory'
  override readonly fault = true
}

/** The store did not answer, or refused to. Nothing was written. Data: `store`. */
export class StoreUnavailable extends EventSourcingError {
  readonly code = 'StoreUnavailable'
  override readonly fault = true
}

/**
 * The store's answer to a write was lost: the events may be stored or not. Repeat the command for
 * this `id`, with this `commandId`: it is committed once. Data: `id`, `number`, `commandId`.
 */
export class OutcomeUnknown extends EventSourcingError {
  readonly code = 'OutcomeUnknown'
  override readonly fault = true
}
