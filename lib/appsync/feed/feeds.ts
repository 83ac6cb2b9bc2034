/** The feed of one resource type to its subscribers. Synth derives it from the schema. */
export interface Feed {
  /**
   * The type's name, such as `Product`. The environment variable `PRODUCT_TABLE` names its table.
   */
  readonly resource: string
  /** `publishProductEvent`. */
  readonly mutation: string
  /** `ProductEventInput`. */
  readonly input: string
  /** All fields of the event's type. Subscribers only get fields that the mutation selects. */
  readonly fields: readonly string[]
  /** The fields of type AWSJSON, which are sent as text. */
  readonly json: readonly string[]
}

/** Returns the name of the environment variable that names a resource's table. */
export function tableVariable(resource: string): string {
  return `${resource.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase()}_TABLE`
}
