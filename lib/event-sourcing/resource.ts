/** Something uniquely identifiable, whose state is derived from its events and never stored. */
export interface Resource {
  /** Unique within the resource's type. */
  readonly id: string
}
