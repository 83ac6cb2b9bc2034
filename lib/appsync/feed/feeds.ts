/** How the events of one resource type reach its subscribers. Derived from the schema at synth. */
export interface Feed {
  /** `Product`. Its table's name is in the environment as `PRODUCT_TABLE`. */
  readonly resource: string
  /** `publishProductEvent`. */
  readonly mutation: string
  /** `ProductEventInput`. */
  readonly input: string
  /** Every field of the event's type: subscribers get only what the mutation selects. */
  readonly fields: readonly string[]
  /** Those of type AWSJSON: what they hold is sent as text. */
  readonly json: readonly string[]
}

/** The variable of a function's environment that names the table of a resource's events. */
export function tableVariable(resource: string): string {
  return `${resource.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase()}_TABLE`
}
