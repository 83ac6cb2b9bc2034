export type ErrorData = Readonly<Record<string, unknown>>

/**
 * The base class of the framework's errors. Match them by `code`, which is stable. Messages are for
 * people and may change. docs/errors.md lists all errors.
 */
export abstract class EventSourcingError extends Error {
  abstract readonly code: string
  /** Data that a caller needs in order to act: ids, versions, the invalid value. */
  data: ErrorData
  /** Whether data or infrastructure is broken. False: the caller or a rule caused the error. */
  readonly fault: boolean = false

  constructor(message: string, data: ErrorData = {}, options?: ErrorOptions) {
    super(message, options)
    this.data = data
  }

  override get name(): string {
    return this.code
  }
}

/** Whether a value is an error of the framework, and has this code if one is given. */
export function isEventSourcingError(error: unknown, code?: string): error is EventSourcingError {
  return error instanceof EventSourcingError && (code === undefined || error.code === code)
}

/** No event is stored under this id. Data: `id`. */
export class ResourceNotFound extends EventSourcingError {
  readonly code = 'ResourceNotFound'
}

/**
 * The resource is not at the version on which the caller decided. Nothing was written. Data: `id`,
 * `expectedVersion`, `actualVersion`. In a commit of several resources, these describe the first
 * conflicting resource, and `losers` lists the ids of all.
 */
export class VersionConflict extends EventSourcingError {
  readonly code = 'VersionConflict'
}

/**
 * A business rule rejected the command. Nothing was written. Domains extend this class, with one
 * class and one `code` per rule: `class SoldOut extends EventRejected { override readonly code =
 * 'SoldOut' }`. Data: `id` and `version`, added by the commit, and the data that the rule adds.
 */
export class EventRejected extends EventSourcingError {
  readonly code: string = 'EventRejected'
}

/**
 * The access rules refuse the caller. Nothing was done. The same for a resource of somebody else and
 * for one that does not exist. No data.
 */
export class Forbidden extends EventSourcingError {
  readonly code = 'Forbidden'
}

/** The resource has no handler for this type of event. Data: `id`, `number`, `type`. */
export class UnknownEvent extends EventSourcingError {
  readonly code = 'UnknownEvent'
  override readonly fault = true
}

/**
 * Another command was committed under the same commandId. Nothing was written for this command.
 * Data: `id`, `number`, `commandId`.
 */
export class CommandIdReused extends EventSourcingError {
  readonly code = 'CommandIdReused'
}

/**
 * The event cannot be stored in this form. Nothing was written. Data: `id`, `type`, `attribute`.
 */
export class InvalidEvent extends EventSourcingError {
  readonly code = 'InvalidEvent'
}

/**
 * The events would lead to a state that the API cannot show, and nothing was written. Or a list
 * leaves out a stored resource that the API cannot show. Data: `id`, `field`, and `value` in a commit.
 */
export class InvalidState extends EventSourcingError {
  readonly code = 'InvalidState'
}

/** The class has no store, so its resources cannot be read or changed. Data: `resource`. */
export class NotBound extends EventSourcingError {
  readonly code = 'NotBound'
  override readonly fault = true
}

/** The id is not valid for a resource. Data: `id`. */
export class InvalidId extends EventSourcingError {
  readonly code = 'InvalidId'
}

/** An invalid argument, such as a limit, position or page token. Data: `argument`, `value`. */
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

/** The store did not answer, or rejected the request. Nothing was written. Data: `store`. */
export class StoreUnavailable extends EventSourcingError {
  readonly code = 'StoreUnavailable'
  override readonly fault = true
}

/**
 * The store's response to a write was lost, so the events may or may not be stored. Repeat the
 * command for this `id` with this `commandId`: it is committed once. Data: `id`, `number`,
 * `commandId`.
 */
export class OutcomeUnknown extends EventSourcingError {
  readonly code = 'OutcomeUnknown'
  override readonly fault = true
}
