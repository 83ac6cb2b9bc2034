import { RemovalPolicy } from 'aws-cdk-lib'
import type { Node } from 'constructs'

/** The differences between a development stage and a production stage. */
export interface Stage {
  readonly name: 'dev' | 'prod'
  /** `dev` destroys its tables with the stack; `prod` keeps and protects them. */
  readonly removalPolicy: RemovalPolicy
  readonly deletionProtection: boolean
  /** Whether clients may read the API's schema. */
  readonly introspection: boolean
  /** The share of requests that X-Ray records, 0 to 1. The logs contain every request. */
  readonly sampling: number
}

const STAGES: readonly Stage[] = [
  {
    name: 'dev',
    removalPolicy: RemovalPolicy.DESTROY,
    deletionProtection: false,
    introspection: true,
    sampling: 1,
  },
  {
    name: 'prod',
    removalPolicy: RemovalPolicy.RETAIN,
    deletionProtection: true,
    introspection: false,
    sampling: 0.1,
  },
]

/**
 * Returns the stage from the CDK context: `-c stage=prod`. Default: dev.
 * @throws Error if there is no stage with this name
 */
export function stageOf(node: Node): Stage {
  const name: unknown = node.tryGetContext('stage') ?? 'dev'
  const stage = STAGES.find((candidate) => candidate.name === name)
  if (stage) return stage
  throw new Error(`There is no stage ${name}: use -c stage=dev or -c stage=prod`)
}
