// The messages of these errors consist of names, ids and numbers. They contain no values of inputs,
// events or states, so logs and traces contain the messages.

/** A mistake in code that uses the framework. */
export class Misuse extends TypeError {}

/** Reactors ran out of time, or met something that only a later run can handle. */
export class RunStopped extends Error {}
