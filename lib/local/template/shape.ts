/**
 * The properties of a resource type. A property is `used`, used with some values only, ignored for
 * the given reason, or an object (or list of objects) with its own properties. Any other property is
 * rejected.
 */
export interface Shape {
  readonly [property: string]: typeof used | UsedValues | string | Shape
}

export const used = Symbol('used')

/** The values of a property that the local run supports. */
export class UsedValues {
  readonly pattern: RegExp
  /** The supported values, for an error message. */
  readonly names: string

  constructor(pattern: RegExp, names: string) {
    this.pattern = pattern
    this.names = names
  }
}

/** The reason of a property that only people read. */
export const nameOnly = 'a name or description, for people'
