import { RemovalPolicy } from 'aws-cdk-lib'
import type { Node } from 'constructs'

/** The differences between a development stage and the production stage. */
export interface Stage {
  /** `prod`, `dev`, or the name of another development stage. */
  readonly name: string
  /**
   * Whether the data must survive mistakes. If true, the stack is protected from deletion, its
   * tables are kept and protected, and synth refuses a table that disappears.
   */
  readonly isProtected: boolean
  /** A development stage destroys its tables with the stack; `prod` keeps them. */
  readonly removalPolicy: RemovalPolicy
  /** Whether clients may read the API's schema. */
  readonly introspection: boolean
  /** The share of requests that X-Ray records, 0 to 1. */
  readonly sampling: number
}

/** The name is part of the names of the stack and its resources. */
const NAME = /^(?=.{1,20}$)[a-z](?:-?[a-z0-9])*$/
/** Names that people give to a production stage. */
const LIKE_PROD = /^(?:prod.*|prd|live)$/

/**
 * Returns the stage from the CDK context: `-c stage=prod`, or any other name for a development
 * stage, such as that of a branch. Default: dev.
 * @throws Error for a name with other characters, or one that looks like another name of `prod`
 */
export function stageOf(node: Node): Stage {
  const name = `${node.tryGetContext('stage') ?? 'dev'}`
  if (!NAME.test(name)) {
    throw new Error(
      `The stage must have 1 to 20 characters of a-z, 0-9 and single hyphens, and begin with a letter; got ${name}: use -c stage=dev, prod or feature-x`,
    )
  }
  if (name === 'prod') {
    return {
      name,
      isProtected: true,
      removalPolicy: RemovalPolicy.RETAIN,
      introspection: false,
      sampling: 0.1,
    }
  }
  if (LIKE_PROD.test(name)) {
    throw new Error(
      `The stage ${name} would be a development stage, whose data is deleted with its stack: use -c stage=prod for production, or another name`,
    )
  }
  return {
    name,
    isProtected: false,
    removalPolicy: RemovalPolicy.DESTROY,
    introspection: true,
    sampling: 1,
  }
}
