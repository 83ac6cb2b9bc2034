/** A part of a template that the local run does not support, and its place. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError'
  readonly logicalId: string

  constructor(place: Place, problem: string) {
    super(`${describe(place)}: ${problem}`)
    this.logicalId = place.logicalId
  }
}

export interface Place {
  readonly logicalId: string
  /** `AWS::Lambda::Function`. */
  readonly type?: string
  /** `Environment.Variables.URL`. */
  readonly property?: string
}

function describe({ logicalId, type, property }: Place): string {
  const resource = type ? `${logicalId} (${type})` : logicalId
  return property ? `${resource}, property ${property}` : resource
}
