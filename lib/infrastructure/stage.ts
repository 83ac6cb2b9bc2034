import { RemovalPolicy } from 'aws-cdk-lib'
import type { Node } from 'constructs'

/** What differs between a stage to try things on and one that holds what matters. */
export interface Stage {
  readonly name: 'dev' | 'prod'
  /** `dev` destroys its tables with the stack; `prod` keeps and protects them. */
  readonly removalPolicy: RemovalPolicy
  readonly deletionProtection: boolean
  /** Whether clients may ask the API for its schema. */
  readonly introspection: boolean
  /** The share of requests that X-Ray records, 0 to 1. The logs have every request. */
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
 * The stage that the CDK context names: `-c stage=prod`. Default: dev.
 * @throws Error for a name that is no stage
 */
export function stageOf(node: Node): Stage {
  const name: unknown = node.tryGetContext('stage') ?? 'dev'
  const stage = STAGES.find((candidate) => candidate.name === name)
  if (stage) return stage
  throw new Error(`There is no stage ${name}: use -c stage=dev or -c stage=prod`)
}
